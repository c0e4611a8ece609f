/** Long work: checked when it is asked for, done there and then by a command, and as a job by the site. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { type UpdatePlan, updatedSentence } from '../../../server/environments/updates/update-plan.ts';
import { updateImages } from '../../../server/environments/updates/update-verbs.ts';
import { createJobs } from '../../../server/jobs/jobs.ts';
import { asJob, longVerb } from '../../../server/jobs/long-verb.ts';
import type { Job, JobNews } from '../../../server/jobs/port.ts';
import { granted } from '../../../server/model/verb.ts';
import { operatorHere } from '../../../server/rules/access.ts';
import { refuse } from '../../../server/rules/problems.ts';

const root = operatorHere('root');
const teacher = { id: 't', name: 'tess', operator: false, roles: { c1: 'teacher' as const } };
const news: JobNews = { line: () => {}, progress: () => {} };
const never = new AbortController().signal;

const heard: string[] = [];
const say = longVerb({
  input: z.strictObject({ word: z.string() }),
  output: z.object({ word: z.string() }),
  refuses: ['nothing-to-test'],
  may: () => {},
  begin: (_deps: object, _who: { name: string }, { word }) => {
    if (word === '') refuse('nothing-to-test', { environment: 'c' });
    return {
      about: { kind: 'test', title: `Say ${word}` },
      async run({ line }, stopped) {
        if (word === 'nothing') return new Promise((_, reject) => stopped.addEventListener('abort', reject));
        line(word);
        heard.push(word);
        return { word, secret: true };
      },
      result: (said) => ({ sentence: `Said ${said.word}.`, environment: null }),
    };
  },
});

async function openJobs() {
  const jobs = createJobs({ clock: () => 0, failed: () => {} });
  const over = (id: string) =>
    new Promise<Job>((resolve) => jobs.onChange((job) => job.id === id && job.endedAt && resolve(job)));
  return { jobs, over, [Symbol.asyncDispose]: () => jobs.close() };
}

test('is not begun by asking for it', async () => {
  const work = await granted(say({}, root, { word: 'a' }));
  expect(heard).toEqual([]);
  expect(await work.run(news, never)).toEqual({ word: 'a' });
  expect(heard).toEqual(['a']);
});

test('is a job of who asked, with what it leaves behind', async () => {
  await using house = await openJobs();
  const { id } = await asJob(house.jobs, teacher, say({}, teacher, { word: 'b' }));
  expect(await house.over(id)).toMatchObject({
    kind: 'test',
    title: 'Say b',
    by: 'tess',
    state: 'done',
    result: { sentence: 'Said b.', environment: null },
  });
  expect(house.jobs.log(id)).toEqual(['b']);
});

test('is refused before there is a job, also when one person has too many', async () => {
  await using house = await openJobs();
  await expect(asJob(house.jobs, teacher, say({}, teacher, { word: '' }))).rejects.toMatchObject({
    problem: 'nothing-to-test',
    inCommand: expect.stringContaining('--digest'),
  });
  const endless = (who: typeof teacher) => asJob(house.jobs, who, say({}, who, { word: 'nothing' }));
  for (const _ of [1, 2, 3]) await endless(teacher);
  await expect(endless(teacher)).rejects.toMatchObject({
    problem: 'too-many-jobs',
    code: 'busy',
  });
  await asJob(house.jobs, root, say({}, root, { word: 'nothing' }));
});

test('fails as a job, and says what was done, when an update fails in part', async () => {
  await using house = await openJobs();
  const step = { image: 'a:1', names: [], bases: [], how: 'pull' as const, why: 'newer' };
  const plan: UpdatePlan = { steps: [step], left: [] };
  const updated = { done: [step], failed: [{ image: 'b:1', error: 'No.' }], left: [] };
  const updates = { plan: async () => plan, work: () => async () => updated };
  const { id } = await asJob(house.jobs, root, updateImages({ updates }, root, { names: null }));
  expect(await house.over(id)).toMatchObject({ state: 'failed', error: updatedSentence(updated) });
  const work = await granted(updateImages({ updates }, root, { names: null }));
  expect(await work.run(news, never)).toEqual(updated);
});
