/** What users have stored in all: counted with the submissions, over a real store. */
import { expect, test } from 'vitest';
import type { SubmittedAnswers } from '../../../../server/model/answers.ts';
import type { Store } from '../../../../server/ports/store.ts';
import { openAmounts } from '../../../../server/submissions/admission/amounts.ts';
import { createRunSource } from '../../../../server/worker/run-source.ts';
import { taskNamed } from '../../../support/http/course.ts';
import { outcomeWith } from '../../../support/http/grading.ts';
import { sampleRun, sampleSubmission, sampleUser } from '../../../support/store/samples.ts';
import { tempTestStore } from '../../../support/store/test-store.ts';
import { handIn, submitDeps } from '../../../support/submissions/submit-deps.ts';

const ada = { id: 'ada', name: 'ada' };
const bob = { id: 'bob', name: 'bob' };
const log = { info: () => {}, warn: (about: object) => console.error(about) };
const WIDE = { bytesPerUser: 2 ** 30, bytesInAll: 2 ** 40 };
const open = (store: Store, bounds = WIDE) => openAmounts({ store, bounds, log });

const text = (length: number): SubmittedAnswers => new Map([['q1', 'x'.repeat(length)]]);
const file = (length: number): SubmittedAnswers =>
  new Map([['f', { filename: 'a', content: new Uint8Array(length) }]]);
const KIB = 1024;

test('one user stores so much in all: the refusal names the bound and where it is set, and others go on', async () => {
  const amounts = await open(await tempTestStore(), { ...WIDE, bytesPerUser: 10 * KIB });
  amounts.take(ada, text(4 * KIB)).keep();
  amounts.take(ada, file(3 * KIB)).keep();
  expect(() => amounts.take(ada, text(3 * KIB))).toThrow(
    expect.objectContaining({
      problem: 'stores-much',
      code: 'too-large',
      message: expect.stringMatching(/10 KiB.*submissions\.bytesPerUser.*operator.*Nothing was submitted/),
    }),
  );
  amounts.take(bob, text(3 * KIB)).keep();
});

test('all users together store so much: the refusal is another one', async () => {
  const amounts = await open(await tempTestStore(), { ...WIDE, bytesInAll: 10 * KIB });
  amounts.take(ada, text(8 * KIB)).keep();
  expect(() => amounts.take(bob, text(KIB))).toThrow(
    expect.objectContaining({
      problem: 'all-store-much',
      code: 'no-space',
      message: expect.stringMatching(/10 KiB.*submissions\.bytesInAll/),
    }),
  );
});

test('submissions at the same moment cannot share what is left; what was not stored is given back', async () => {
  const amounts = await open(await tempTestStore(), { ...WIDE, bytesPerUser: 5 * KIB });
  {
    using _first = amounts.take(ada, text(3 * KIB));
    expect(() => amounts.take(ada, text(3 * KIB))).toThrow('submissions.bytesPerUser');
  }
  expect(amounts.bytesInAll()).toBe(0);
  amounts.take(ada, text(3 * KIB)).keep();
});

test('empty answers, which are documents, too, do not come for nothing', async () => {
  const amounts = await open(await tempTestStore(), { ...WIDE, bytesPerUser: 10 * KIB });
  for (let count = 0; count < 10; count += 1) amounts.take(ada, new Map()).keep();
  expect(() => amounts.take(ada, new Map())).toThrow('submissions.bytesPerUser');
});

test('names of files count as their bytes do', async () => {
  const amounts = await open(await tempTestStore(), { ...WIDE, bytesPerUser: 5 * KIB });
  const answers = new Map([['f', { filename: 'é'.repeat(3 * KIB), content: new Uint8Array(1) }]]);
  expect(() => amounts.take(ada, answers)).toThrow('submissions.bytesPerUser');
});

test('a sum is stored with its submission, and is there after a restart', async () => {
  const store = await tempTestStore();
  const deps = submitDeps(store, { tasks: [taskNamed('hello', { environment: null })] });
  const user = sampleUser('ada', { roles: { c1: 'student' } });
  const amounts = await open(store);
  await handIn({ ...deps, amounts }, user, 'hello');
  expect(amounts.bytesInAll()).toBe(KIB + 1);
  expect((await open(store)).bytesInAll()).toBe(KIB + 1);
  // Refused: the first is still being graded. Nothing is stored, and nothing counts.
  await expect(handIn({ ...deps, amounts }, user, 'hello')).rejects.toThrow('still being graded');
  expect(amounts.bytesInAll()).toBe(KIB + 1);
  expect(await store.amounts.get('ada')).toEqual({ id: 'ada', bytes: KIB + 1 });
});

test('what a grader leaves counts for the user who handed in: in a group, that member; once for each verdict', async () => {
  const store = await tempTestStore();
  const amounts = await open(store);
  const source = createRunSource({ store, taskOf: async () => null, clock: () => 0, amounts });
  const team = { group: 'g', name: 'Red', by: 'bob', members: ['ada', 'bob'] };
  await store.runs.insert(sampleRun('r1', { userId: 'team', team }));
  const run = await source.claim('r1');
  if (!run) throw new Error('not claimed');
  const report = { text: 'x'.repeat(5000), problems: {}, tests: {}, custom: {}, state: '' };
  const ending = { outcome: outcomeWith({ report }), environment: null };
  expect(await source.finish(run, ending)).toBe(true);
  // Another attempt's verdict comes too late.
  expect(await source.finish(run, ending)).toBe(false);
  await amounts.close();
  const kept = await store.amounts.get('bob');
  expect(kept?.bytes).toBeGreaterThan(5000);
  expect(kept?.bytes).toBeLessThan(7000);
  expect(await store.amounts.get('ada')).toBeNull();
  expect((await open(store)).bytesInAll()).toBe(kept?.bytes);
});

test('what older versions stored is counted at the first start, and once', async () => {
  const store = await tempTestStore();
  for (let count = 0; count < 45; count += 1) {
    const answers = { q1: 'x'.repeat(100), f: { filename: 'a', blob: 'b', size: 900 } };
    await store.submissions.insert(sampleSubmission(`s${count}`, { userId: `u${count % 2}`, answers }));
  }
  await store.runs.insert(
    sampleRun('r', { userId: 'u0', outcome: outcomeWith({ details: 'x'.repeat(10_000) }) }),
  );
  // A start that broke off while it counted left this, and no mark.
  await store.amounts.insert({ id: 'u0', bytes: 7 });
  const sum = (await open(store)).bytesInAll();
  expect(sum).toBeGreaterThan(45 * 2024 + 10_000);
  expect(sum).toBeLessThan(45 * 2100 + 12_000);
  await store.submissions.insert(sampleSubmission('later'));
  expect((await open(store)).bytesInAll()).toBe(sum);
});

test('four fifths of a bound are a warning: of the user’s own first', async () => {
  const amounts = await open(await tempTestStore(), { bytesPerUser: 10 * KIB, bytesInAll: 20 * KIB });
  amounts.take(ada, text(6 * KIB)).keep();
  expect(amounts.nearlyFull('ada')).toBeNull();
  amounts.take(ada, text(0)).keep();
  expect(amounts.nearlyFull('ada')).toMatchObject({ whose: 'user', bytes: 8 * KIB, most: 10 * KIB });
  expect(amounts.nearlyFull('bob')).toBeNull();
  amounts.take(bob, text(7 * KIB)).keep();
  expect(amounts.nearlyFull('eve')).toMatchObject({ whose: 'all', bytes: 16 * KIB });
});
