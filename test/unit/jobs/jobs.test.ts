import { afterEach, expect, test } from 'vitest';
import { createJobs } from '../../../server/jobs/jobs.ts';
import type { Job, JobNews, JobResult, Jobs } from '../../../server/jobs/port.ts';
import { GradeportError } from '../../../server/rules/errors.ts';

const ABOUT = { kind: 'build', title: 'Build x', by: 'ada' } as const;
const RESULT: JobResult = { sentence: 'Built.', environment: 'x' };
const faults: [unknown, string][] = [];
const open: Jobs[] = [];
afterEach(async () => {
  faults.length = 0;
  await Promise.all(open.splice(0).map((jobs) => jobs.close()));
});

function create(options: { atOnce?: number; keep?: number; maxWaiting?: number } = {}) {
  const jobs = createJobs({
    clock: () => 0,
    failed: (error, id) => void faults.push([error, id]),
    ...options,
  });
  open.push(jobs);
  return jobs;
}

/** Work that the test brings to its end; it stops when the test says so. */
function byHand() {
  const { promise, resolve, reject } = Promise.withResolvers<JobResult>();
  let news: JobNews | null = null;
  const work = (given: JobNews, stopped: AbortSignal) => {
    news = given;
    stopped.addEventListener('abort', () => reject(new Error('stopped')));
    return promise;
  };
  return { work, resolve, reject, started: () => news !== null, say: (text: string) => news?.line(text) };
}

const reaches = (jobs: Jobs, id: string, state: Job['state']): Promise<Job> =>
  new Promise((resolve) => {
    const look = () => {
      const job = jobs.get(id);
      if (job?.state !== state) return;
      stop();
      resolve(job);
    };
    const stop = jobs.onChange(look);
    look();
  });

test('a job runs to its result, with its lines and its progress', async () => {
  const jobs = create();
  const job = jobs.start(ABOUT, async (news) => {
    news.progress({ step: 'one', done: 0, total: 2 });
    news.line('hello');
    return RESULT;
  });
  const done = await reaches(jobs, job.id, 'done');
  expect(done).toMatchObject({ ...ABOUT, result: RESULT, error: null, progress: { step: 'one', total: 2 } });
  expect(done.endedAt).not.toBeNull();
  expect(jobs.log(job.id)).toEqual(['hello']);
  expect(jobs.list()).toEqual([done]);
});

test('only a few run at the same time; the others wait for their turn, in order', async () => {
  const jobs = create({ atOnce: 2 });
  const works = [byHand(), byHand(), byHand(), byHand()];
  const started = works.map(({ work }) => jobs.start(ABOUT, work));
  expect(works.map((work) => work.started())).toEqual([true, true, false, false]);
  expect(started.map(({ state }) => state)).toEqual(['running', 'running', 'waiting', 'waiting']);
  works[1]?.resolve(RESULT);
  await reaches(jobs, started[2]?.id ?? '', 'running');
  expect(works.map((work) => work.started())).toEqual([true, true, true, false]);
});

test('a refusal is shown in its own words, our fault with an id that the log has, too', async () => {
  const jobs = create();
  const refused = jobs.start(ABOUT, async () => {
    throw new GradeportError('conflict', 'Line 3 is wrong.');
  });
  expect((await reaches(jobs, refused.id, 'failed')).error).toBe('Line 3 is wrong.');
  const broken = jobs.start(ABOUT, async () => {
    throw new TypeError('secret insides');
  });
  const { error } = await reaches(jobs, broken.id, 'failed');
  expect(error).not.toContain('secret');
  expect(faults).toHaveLength(1);
  expect(error).toContain(faults[0]?.[1]);
});

test('a job is stopped while it runs and while it waits', async () => {
  const jobs = create({ atOnce: 1 });
  const [first, second] = [byHand(), byHand()];
  const running = jobs.start(ABOUT, first.work);
  const waiting = jobs.start(ABOUT, second.work);
  jobs.stop(waiting.id);
  expect(jobs.get(waiting.id)).toMatchObject({ state: 'stopped', error: null });
  jobs.stop(running.id);
  expect(await reaches(jobs, running.id, 'stopped')).toMatchObject({ result: null, error: null });
  expect(second.started()).toBe(false);
  jobs.stop('unknown');
});

test('closing stops all, waits for each, and takes no more', async () => {
  const jobs = create({ atOnce: 1 });
  const [first, second] = [byHand(), byHand()];
  const ids = [first, second].map(({ work }) => jobs.start(ABOUT, work).id);
  await jobs.close();
  expect(ids.map((id) => jobs.get(id)?.state)).toEqual(['stopped', 'stopped']);
  expect(() => jobs.start(ABOUT, async () => RESULT)).toThrow('stopping');
});

test('nothing is printed after the end, and listeners hear every line and every change', async () => {
  const jobs = create();
  const heard: string[] = [];
  const stop = jobs.onChange((job, line) => heard.push(line ?? job.state));
  const hand = byHand();
  const { id } = jobs.start(ABOUT, hand.work);
  hand.say('a');
  hand.resolve(RESULT);
  await reaches(jobs, id, 'done');
  hand.say('too late');
  expect(heard).toEqual(['waiting', 'running', 'a', 'done']);
  stop();
  jobs.start(ABOUT, async () => RESULT);
  expect(heard).toHaveLength(4);
});

test('old ones are forgotten, running ones never; too many that wait are refused', async () => {
  const jobs = create({ atOnce: 1, keep: 1, maxWaiting: 1 });
  const hands = [byHand(), byHand()];
  const first = jobs.start(ABOUT, hands[0]?.work ?? (async () => RESULT));
  const second = jobs.start(ABOUT, hands[1]?.work ?? (async () => RESULT));
  expect(() => jobs.start(ABOUT, async () => RESULT)).toThrow('waiting already');
  hands[0]?.resolve(RESULT);
  await reaches(jobs, second.id, 'running');
  hands[1]?.resolve(RESULT);
  await reaches(jobs, second.id, 'done');
  const third = jobs.start(ABOUT, byHand().work);
  expect(jobs.list().map(({ id }) => id)).toEqual([third.id, second.id]);
  expect(jobs.get(first.id)).toBeNull();
});
