/** Which revision is promoted or gone back to, and which may not be. */
import { describe, expect, test } from 'vitest';
import type { KnownRevision } from '../../../../server/environments/revisions/images/on-engine.ts';
import {
  nextOf,
  toPromote,
  toRollBackTo,
} from '../../../../server/environments/revisions/promotion-rules.ts';
import { knownRevision as revision } from '../../../support/environments/known-revision.ts';
import { passing } from '../../../support/environments/revision-house.ts';
import { digestOf } from '../../../support/environments/scripted-engine.ts';

const [A, B, C] = [digestOf('a'), digestOf('b'), digestOf('c')];
const AT = '2026-11-20T12:00:00.000Z';
const test1 = (passed: boolean) => ({ at: AT, runtime: 'runc', passed, cases: [passing] });
/** A grades; it came first. */
const current = revision('a', { promotedAt: AT });
const of = (...others: KnownRevision[]) => ({ name: 'c', own: [current, ...others], current: A });

describe('after its samples an update is promoted', () => {
  test('if it came last', () => {
    expect(nextOf(of(revision('b')), `c@${B}`)?.digest).toBe(B);
    expect(nextOf(of(revision('b'), revision('c')), `c@${B}`)).toBeNull();
  });
  test('not if it grades already, or came before the one that grades', () => {
    expect(nextOf(of(), `c@${A}`)).toBeNull();
    const older = { name: 'c', own: [revision('b'), revision('c', { promotedAt: AT })], current: C };
    expect(nextOf(older, `c@${B}`)).toBeNull();
  });
  test('also where nothing grades', () => {
    expect(nextOf({ name: 'c', own: [revision('b')], current: undefined }, `c@${B}`)?.digest).toBe(B);
  });
});

describe('by hand', () => {
  test('the one that waits is promoted when its samples came out as expected', () => {
    expect(toPromote(of(revision('b', { test: test1(true) })), null, false).digest).toBe(B);
  });
  test('one that was not tested, or failed, needs force', () => {
    expect(() => toPromote(of(revision('b')), null, false)).toThrow('have not run yet');
    const failed = of(revision('b', { test: test1(false) }));
    expect(() => toPromote(failed, B, false)).toThrow('--force');
    expect(toPromote(failed, B, true).digest).toBe(B);
  });
  test('one that graded before needs no samples, unless they failed since', () => {
    expect(toPromote(of(revision('b', { promotedAt: AT })), B, false).digest).toBe(B);
    const failed = revision('b', { promotedAt: AT, test: test1(false) });
    expect(() => toPromote(of(failed), B, false)).toThrow('--force');
  });
  test('the one that grades is promoted as it is', () => {
    expect(toPromote(of(), A, false).digest).toBe(A);
  });
  test('without one that waits somebody has to name one', () => {
    expect(() => toPromote(of(), null, false)).toThrow('No revision of "c" waits');
  });
});

describe('going back', () => {
  const graded = (letter: string, hour: number, more: Partial<KnownRevision> = {}) =>
    revision(letter, { promotedAt: `2026-11-20T${hour}:30:00.000Z`, ...more });
  const here = () => true;

  test('leads to the one that graded last', () => {
    expect(toRollBackTo(of(graded('b', 11), graded('c', 10)), undefined, here).digest).toBe(B);
  });
  test('skips what was rolled back from, and what is not in the engine', () => {
    const all = of(graded('b', 12, { setAside: true }), graded('c', 11), graded('d', 10));
    expect(toRollBackTo(all, undefined, here).digest).toBe(C);
    expect(toRollBackTo(all, undefined, (digest) => digest !== C).digest).toBe(digestOf('d'));
  });
  test('takes one that is named, also one that was rolled back from', () => {
    expect(toRollBackTo(of(graded('b', 11, { setAside: true })), B, here).digest).toBe(B);
  });
  test('is refused with the reason', () => {
    expect(() => toRollBackTo(of(), undefined, here)).toThrow('no earlier revision of "c"');
    expect(() => toRollBackTo(of(), A, here)).toThrow('grades already');
    expect(() => toRollBackTo(of(revision('b')), B, here)).toThrow('never graded: use promote');
  });
});
