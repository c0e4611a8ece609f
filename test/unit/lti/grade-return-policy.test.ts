/** What becomes of an owed grade, and when to look again. */
import { expect, test } from 'vitest';
import {
  afterTry,
  byPlatform,
  LONGEST_SLEEP_MS,
  owedAt,
  sleepUntil,
  WAITS_MS,
} from '../../../server/lti/grade-return-policy.ts';

const NOW = Date.parse('2026-11-20T10:00:00.000Z');
const at = (ms: number) => new Date(NOW + ms).toISOString();
const MINUTE_MS = 60_000;

test('a verdict makes a grade owed at once, and forgets earlier tries', () => {
  expect(owedAt(NOW)).toEqual({ state: 'waiting', tries: 0, nextAt: at(0), error: null });
});

test.each([0, 3, WAITS_MS.length])('a grade that is taken after %i failed tries is sent', (tries) => {
  const change = { state: 'sent', grade: 80, sentAt: at(0), error: null };
  expect(afterTry({ tries }, { grade: 80, error: null }, NOW)).toEqual(change);
});

test.each([
  [0, 1],
  [1, 5],
  [2, 30],
  [3, 120],
  [4, 480],
  [5, 1440],
])('a grade that is refused after %i failed tries waits for %i minutes', (tries, minutes) => {
  const change = { tries: tries + 1, error: 'no', nextAt: at(minutes * MINUTE_MS) };
  expect(afterTry({ tries }, { grade: 80, error: 'no' }, NOW)).toEqual(change);
});

test('a grade that is refused after all waits is given up', () => {
  const change = { state: 'given-up', tries: 7, error: 'no' };
  expect(afterTry({ tries: WAITS_MS.length }, { grade: 80, error: 'no' }, NOW)).toEqual(change);
});

test.each([
  ['nothing', [], []],
  ['one platform, in its order', ['https://a/1', 'https://a/2'], [['https://a/1', 'https://a/2']]],
  ['two', ['https://a/1', 'https://b/', 'http://a/2'], [['https://a/1', 'http://a/2'], ['https://b/']]],
  ['other ports', ['https://a/', 'https://a:8443/'], [['https://a/'], ['https://a:8443/']]],
  ['what has no host', ['', 'https://a/', 'nonsense'], [['', 'nonsense'], ['https://a/']]],
])('due grades are grouped by platform: %s', (_, urls, groups) => {
  const due = urls.map((url) => ({ place: { url, sourcedId: '', key: '' } }));
  expect(byPlatform(due).map((list) => list.map(({ place }) => place.url))).toEqual(groups);
});

test.each([
  ['with nothing owed', undefined, LONGEST_SLEEP_MS, true],
  ['until the next is due', MINUTE_MS, MINUTE_MS, false],
  ['not at all when the next is late', -1, 0, false],
  ['until shortly before the look for missed verdicts', LONGEST_SLEEP_MS - 1, LONGEST_SLEEP_MS - 1, false],
  ['until the look for missed verdicts', LONGEST_SLEEP_MS, LONGEST_SLEEP_MS, true],
  ['no longer than that', LONGEST_SLEEP_MS + 1, LONGEST_SLEEP_MS, true],
])('sleeps %s', (_, nextMs, ms, looksAgain) => {
  expect(sleepUntil(nextMs === undefined ? undefined : { nextAt: at(nextMs) }, NOW)).toEqual({
    ms,
    looksAgain,
  });
});
