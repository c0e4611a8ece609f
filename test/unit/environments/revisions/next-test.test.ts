/** Which image is tested next, when none is asked for. */
import { expect, test } from 'vitest';
import type { KnownRevision } from '../../../../server/environments/revisions/images/on-engine.ts';
import {
  MAX_FAILURES,
  nextTest,
  type TestOrder,
} from '../../../../server/environments/revisions/tests/next-test.ts';
import { knownRevision as revision } from '../../../support/environments/known-revision.ts';
import { digestOf } from '../../../support/environments/scripted-engine.ts';

const [A, B, C] = [digestOf('a'), digestOf('b'), digestOf('c')];
const TESTED = { test: { at: '', runtime: 'runc', passed: true, cases: [] } };
const grades = revision('a', { promotedAt: '2026-11-20T10:30:00.000Z' });

const next = (revisions: KnownRevision[], order: Partial<TestOrder> = {}, current: string | null = A) =>
  nextTest(
    {
      revisions,
      currents: new Map(current === null ? [] : [['c', { digest: current, serial: 1 }]]),
      pins: new Map(),
    },
    { isUsable: () => true, testFirst: false, promotes: true, failuresOf: () => 0, ...order },
  )?.digest ?? null;

test('the newest image that came after the one that grades', () => {
  expect(next([grades, revision('b'), revision('c')])).toBe(C);
  expect(next([grades])).toBeNull();
});

test('not one that came before it, graded before, is held, or was tested', () => {
  expect(next([grades, revision('c', { promotedAt: '2026-11-20T09:00:00.000Z' })])).toBeNull();
  expect(next([grades, revision('c', { stage: 'held' })])).toBeNull();
  expect(next([grades, revision('c', TESTED)], { promotes: false })).toBeNull();
  expect(next([revision('b'), revision('c', { promotedAt: '' })], {}, C)).toBeNull();
});

test('not one that is in no engine here, or that nothing can run', () => {
  expect(next([grades, revision('b'), revision('c')], { isUsable: (digest) => digest !== C })).toBe(B);
});

test('the first image of a name only where that is wanted', () => {
  expect(next([grades], { testFirst: true })).toBe(A);
  expect(next([{ ...grades, ...TESTED }], { testFirst: true })).toBeNull();
  expect(next([grades, revision('b')], { testFirst: true })).toBe(B);
});

test('no image for ever whose test cannot be brought to its end', () => {
  const failuresOf = (digest: string) => (digest === B ? MAX_FAILURES : 0);
  expect(next([grades, revision('b')], { failuresOf, testFirst: true })).toBe(A);
  expect(next([grades, revision('b')], { failuresOf })).toBeNull();
});

test('one that passed but did not become current, unless a newer one was held since', () => {
  expect(next([grades, revision('c', TESTED)])).toBe(C);
  expect(next([grades, revision('b', TESTED), revision('c', { stage: 'held' })])).toBeNull();
});
