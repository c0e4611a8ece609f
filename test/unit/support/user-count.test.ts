/** What npm run test:user says: of all tests that root runs, those that a user cannot run are named. */
import { expect, test } from 'vitest';
import { countOf, isEnough, said } from '../../support/user/count.mjs';

const CHECKOUTS = { listed: '/root/checkout', ran: '/home/user/checkout' };
const listed = (file: string, count: number) =>
  Array.from({ length: count }, (_, at) => ({ name: `test ${at}`, file: `/root/checkout/${file}` }));
const ran = (file: string, statuses: string[]) => ({
  name: `/home/user/checkout/${file}`,
  assertionResults: statuses.map((status, at) => ({ status, fullName: `test ${at}` })),
});
const passes = (count: number) => Array.from({ length: count }, () => 'passed');

test('counts what passed, and names what did not', () => {
  const list = [...listed('a.test.ts', 3), ...listed('b.test.ts', 7), ...listed('root.test.ts', 10)];
  const report = {
    testResults: [ran('a.test.ts', ['passed', 'failed', 'skipped']), ran('b.test.ts', passes(5))],
  };
  const count = countOf(list, report, CHECKOUTS);
  expect(said(count)).toBe(`6 of 20 tests pass without root (30.0 %).
Failed:
  a.test.ts: test 1
Skipped:
  a.test.ts: test 2
Left out:
  b.test.ts (2)
  root.test.ts (10)`);
  expect(isEnough(count)).toBe(false);
});

test('nine of ten are enough, and fewer are not; nor is one that fails', () => {
  const list = listed('a.test.ts', 20);
  const enough = (statuses: string[]) =>
    isEnough(countOf(list, { testResults: [ran('a.test.ts', statuses)] }, CHECKOUTS));
  expect(enough(passes(18))).toBe(true);
  expect(enough(passes(17))).toBe(false);
  expect(enough([...passes(19), 'failed'])).toBe(false);
});
