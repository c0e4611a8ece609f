/** The three paths that most changes touch are as short as they shall be, and run as they are written. */
import { describe, expect, test } from 'vitest';
import { bodiesOf, entered, faultsOf, MOST, readFlows } from '../support/architecture/flows.ts';

const flows = readFlows();

test('every path that has a bound is written down', () => {
  expect(flows.map(({ name }) => name).sort()).toEqual(Object.keys(MOST).sort());
});

describe.each(flows)('$title', (flow) => {
  test('runs through functions that the files before name', () => {
    expect(faultsOf(flow)).toEqual([]);
  });

  test('is not longer than it may be', () => {
    const most = MOST[flow.name];
    expect(flow.hops.length).toBeLessThanOrEqual(most?.functions ?? 0);
    expect(new Set(entered(flow)).size).toBeLessThanOrEqual(most?.files ?? 0);
  });

  test('enters no file twice', () => {
    const files = entered(flow);
    expect(files.filter((file, at) => files.indexOf(file) !== at)).toEqual([]);
  });
});

describe('a function is found in its file', () => {
  test('whatever form it has in TypeScript', () => {
    const source = `
      function one() { return two(); }
      const two = async () => three;
      const port = { three(x) { return 3; }, four: () => one() };
      class Five { six() { return port.three(6); } }`;
    expect(bodiesOf('x.ts', 'one', source)).toEqual(['function one() { return two(); }']);
    expect(bodiesOf('x.ts', 'two', source)).toEqual(['async () => three']);
    expect(bodiesOf('x.ts', 'three', source)).toHaveLength(1);
    expect(bodiesOf('x.ts', 'four', source)).toEqual(['() => one()']);
    expect(bodiesOf('x.ts', 'six', source)).toHaveLength(1);
    expect(bodiesOf('x.ts', 'port', source)).toEqual([]);
  });

  test('and in Python, up to the line that is not in it any more', () => {
    const source =
      'class A:\n    def one(self):\n        two()\n\n        three()\n    def four(self):\n        pass\n';
    expect(bodiesOf('x.py', 'one', source)[0]).toContain('three()');
    expect(bodiesOf('x.py', 'one', source)[0]).not.toContain('four');
  });

  test('a hop that no file before names is a fault', () => {
    const hops = [
      { file: 'server/rules/verdict.ts', function: 'concludeVerdict' },
      { file: 'server/site/pages/task.ts', function: 'noSuchFunction' },
    ];
    expect(faultsOf({ name: 'x', title: 'x', hops })).toEqual([
      'server/site/pages/task.ts has no function noSuchFunction',
    ]);
    const unlinked = [
      ...hops.slice(0, 1),
      { file: 'server/rules/verdict.ts', function: 'concludeVerdict', through: 'nowhere' },
    ];
    expect(faultsOf({ name: 'x', title: 'x', hops: unlinked })).toEqual([
      'no file before server/rules/verdict.ts names nowhere',
    ]);
  });
});
