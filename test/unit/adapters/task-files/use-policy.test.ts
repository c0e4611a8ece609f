/** Which copies of bundles are removed, and what of them. */
import { expect, test } from 'vitest';
import { HOUR_MS, whatGoes } from '../../../../server/adapters/task-files/use-policy.ts';

const DAY_MS = 24 * HOUR_MS;
const NEVER = Number.POSITIVE_INFINITY;
const [draft, named, unnamed] = [
  { isDraft: true, isNamed: false },
  { isDraft: false, isNamed: true },
  { isDraft: false, isNamed: false },
];

test.each([
  ['a draft of this hour stays', draft, { onDiskMs: HOUR_MS - 1, hereMs: NEVER }, null],
  ['an older draft goes', draft, { onDiskMs: HOUR_MS, hereMs: NEVER }, 'copy'],
  ['a bundle of this hour stays', unnamed, { onDiskMs: HOUR_MS - 1, hereMs: NEVER }, null],
  ['an older one that nothing names goes', unnamed, { onDiskMs: HOUR_MS, hereMs: NEVER }, 'copy and blob'],
  ['one that this process used lately stays', unnamed, { onDiskMs: DAY_MS, hereMs: DAY_MS - 1 }, null],
  ['one that it used a day ago goes', unnamed, { onDiskMs: DAY_MS, hereMs: DAY_MS }, 'copy and blob'],
  ['a named one stays for a day', named, { onDiskMs: DAY_MS - 1, hereMs: NEVER }, null],
  ['only its copy goes after a day', named, { onDiskMs: DAY_MS, hereMs: NEVER }, 'copy'],
])('%s', (_, copy, unused, goes) => {
  expect(whatGoes(copy, unused, DAY_MS)).toBe(goes);
});
