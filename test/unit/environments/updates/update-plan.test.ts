import { describe, expect, test } from 'vitest';
import { planUpdate, type UpdateNode } from '../../../../server/environments/updates/update-plan.ts';

const node = (image: string, bases: string[] = [], more: Partial<UpdateNode> = {}): UpdateNode => ({
  image,
  names: [image.replace(/:.*/, '')],
  how: 'rebuild',
  bases,
  outdated: false,
  reason: '',
  ...more,
});
const outdated = { outdated: true, reason: 'It is old.' };
const steps = (nodes: UpdateNode[], wanted: string[] | null = null) =>
  planUpdate(nodes, wanted).steps.map(({ image, how, why }) => [image, how, why]);

describe('an update', () => {
  test('does nothing where nothing is older', () => {
    expect(planUpdate([node('a:1'), node('b:1', ['a:1'])], null)).toEqual({ steps: [], left: [] });
  });

  test('takes bases first, and then what is built on them, whatever the order they are given in', () => {
    const nodes = [
      node('cpp:1', ['c:1']),
      node('c:1', ['base:1']),
      node('base:1', ['debian:1']),
      node('debian:1', [], { how: 'pull', ...outdated }),
      node('other:1'),
    ];
    expect(steps(nodes)).toEqual([
      ['debian:1', 'pull', 'It is old.'],
      ['base:1', 'rebuild', 'debian:1 changes.'],
      ['c:1', 'rebuild', 'base:1 changes.'],
      ['cpp:1', 'rebuild', 'c:1 changes.'],
    ]);
  });

  test('of one name takes along what it is built on, and leaves its neighbours', () => {
    const nodes = [node('base:1', [], outdated), node('c:1', ['base:1']), node('java:1', ['base:1'])];
    expect(steps(nodes, ['c']).map(([image]) => image)).toEqual(['base:1', 'c:1']);
  });

  test('does what has two bases once', () => {
    const nodes = [node('a:1', [], outdated), node('b:1', [], outdated), node('both:1', ['a:1', 'b:1'])];
    expect(steps(nodes)).toEqual([
      ['a:1', 'rebuild', 'It is old.'],
      ['b:1', 'rebuild', 'It is old.'],
      ['both:1', 'rebuild', 'a:1, b:1 changes.'],
    ]);
  });

  test('leaves what it cannot make, and what stands on it, saying why', () => {
    const nodes = [
      node('root:1', [], { how: 'none', reason: 'Its registry does not answer.' }),
      node('base:1', ['root:1']),
    ];
    expect(planUpdate(nodes, null)).toEqual({
      steps: [],
      left: [{ image: 'root:1', why: 'Its registry does not answer.' }],
    });
  });

  test('finds what is asked for by its image, with or without its tag', () => {
    const nodes = [node('r.example.org/lua:latest', [], { names: ['lua'], ...outdated })];
    for (const name of ['lua', 'r.example.org/lua', 'r.example.org/lua:latest']) {
      expect(steps(nodes, [name]).length, name).toBe(1);
    }
    expect(() => steps(nodes, ['perl'])).toThrow('nothing to update by the name "perl"');
  });

  test('names those that are built on each other in a circle', () => {
    expect(() => steps([node('a:1', ['b:1']), node('b:1', ['a:1'])])).toThrow('a:1 → b:1 → a:1');
  });
});
