/** Grade returns over a real store and a real gradebook; each test begins with new ones, and sets the clock. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import type { Lti } from '../../../server/courses/task.ts';
import { createGradeReturns } from '../../../server/lti/grade-returns.ts';
import { createPost } from '../../../server/lti/post.ts';
import type { Run, Submission } from '../../../server/model/collections.ts';
import type { GradeReturn } from '../../../server/model/lti.ts';
import type { Store } from '../../../server/ports/store.ts';
import { catalogueOf, demoCourse } from '../http/course.ts';
import { outcomeWith } from '../http/grading.ts';
import { done } from '../live/events.ts';
import { gradeReturn } from '../store/batches.ts';
import { sampleRun } from '../store/samples.ts';
import { openTestStore } from '../store/test-store.ts';
import { openGradebook } from './gradebook.ts';

export const BEGIN = Date.parse('2026-11-20T10:00:00.000Z');
export const DONE = { ...done, seq: 1, attempt: 1, at: new Date(0).toISOString() };
export const SECRET = 's3cret words';
/** The machine may be busy with others. */
export const PATIENT = { interval: 5, timeout: 20_000 };
const lti: Lti = { url: null, sendBackGrade: true, secretOf: (key) => (key === 'moodle' ? SECRET : null) };

type House = {
  store: Store;
  book: Awaited<ReturnType<typeof openGradebook>>;
  now: number;
  grade: number | null;
  /** The last that the student or their group handed in. */
  handedIn: Submission | null;
  sleeping: { wake: () => void; delayMs: number } | null;
  beforeAnswer: () => Promise<void>;
  logged: string[];
  /** Hosts that grades were sent to. */
  asked: string[];
};

async function begin(folder: string): Promise<House> {
  return {
    store: await openTestStore(folder),
    book: await openGradebook(),
    now: BEGIN,
    grade: 80,
    handedIn: null,
    sleeping: null,
    beforeAnswer: async () => {},
    logged: [],
    asked: [],
  };
}

const run = (id: string, { grade }: Pick<House, 'grade'>, change: Partial<Run> = {}): Run =>
  sampleRun(id, {
    submission: 's1',
    task: 'hello',
    state: 'done',
    attempt: 1,
    outcome: grade === null ? null : outcomeWith({ grade }),
    ...change,
  });

function open(house: House, privateHosts: string[]) {
  const post = createPost(privateHosts);
  const say = (...said: unknown[]) => void house.logged.push(JSON.stringify(said));
  return createGradeReturns({
    store: house.store,
    timer(wake, delayMs) {
      house.sleeping = { wake, delayMs };
      return () => {
        house.sleeping = null;
      };
    },
    courses: catalogueOf([{ ...demoCourse(), lti }]),
    clock: () => house.now,
    async post(url, ...rest) {
      house.asked.push(url.host);
      const answer = await post(url, ...rest);
      await house.beforeAnswer();
      return answer;
    },
    counted: async () => (house.grade === null ? null : { grade: house.grade }),
    last: async () => house.handedIn,
    log: { info: say, warn: say, error: say },
  });
}

export function gradeReturnHouse() {
  let folder = '';
  const running: { close(): Promise<void> }[] = [];
  // Each test begins with new values.
  const house = {} as House;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gradeport-lti-'));
    Object.assign(house, await begin(folder));
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((each) => each.close()));
    await house.book.close();
    await house.store.close();
    await rm(folder, { recursive: true });
  });

  return Object.assign(house, {
    open(privateHosts = [house.book.host]) {
      const returns = open(house, privateHosts);
      running.push(returns);
      return returns;
    },
    run: (id: string, change: Partial<Run> = {}): Run => run(id, house, change),
    async owe(change: Partial<GradeReturn> = {}): Promise<void> {
      const place = { url: house.book.url, sourcedId: '{"id":<7>}', key: 'moodle' };
      await house.store.gradeReturns.insert({ ...gradeReturn('s1'), task: 'hello', place, ...change });
    },
    /** Until the store says so; there is no other sign of it. */
    becomes: (change: Partial<GradeReturn>) =>
      expect.poll(() => house.store.gradeReturns.get('s1/u1'), PATIENT).toMatchObject(change),
    /** As the next server opens it. */
    async reopenStore(): Promise<void> {
      await house.store.close();
      house.store = await openTestStore(folder);
    },
  });
}
