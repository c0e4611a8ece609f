/** Submissions and runs in bulk, inserted through the store's own interface, as they would be after a semester. */
import { randomUUID } from 'node:crypto';
import type { Run, Submission, User } from '../../server/model/collections.ts';
import { COURSE, type TaskId } from './course.ts';
import { type House, newUser } from './house.ts';

const TASKS: TaskId[] = ['trivial', 'python', 'student', 'c', 'c-by-itself'];
/** How many submissions one student has, over all tasks. */
export const ROWS_OF_ONE = 100;
/** Writes that start together share one transaction. */
const AT_ONCE = 500;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/**
 * Other students' rows; `own` gets the first ones. Every row is a copy of a real run.
 * @param count submissions altogether; as many runs
 */
export async function fillStore(house: House, own: User, sample: Run, count: number): Promise<void> {
  const { store, signal } = house;
  let user = own;
  for (let made = 0; made < count; made += AT_ONCE) {
    signal.throwIfAborted();
    const rows: Promise<void>[] = [];
    for (let at = made; at < Math.min(made + AT_ONCE, count); at += 1) {
      if (at > 0 && at % ROWS_OF_ONE === 0) {
        user = newUser('student');
        rows.push(store.users.insert(user));
      }
      const { submission, run } = rowOf(user, at % ROWS_OF_ONE, sample);
      rows.push(store.submissions.insert(submission), store.runs.insert(run));
    }
    await Promise.all(rows);
  }
}

function rowOf(user: User, number: number, sample: Run): { submission: Submission; run: Run } {
  const task = TASKS[number % TASKS.length] ?? 'trivial';
  const own = { course: COURSE, task, userId: user.id };
  const at = new Date(Date.now() - DAY_MS + number * MINUTE_MS).toISOString();
  const submission: Submission = {
    id: randomUUID(),
    ...own,
    at,
    answers: { q: 'an answer' },
    attempt: Math.floor(number / TASKS.length),
  };
  const times = { queuedAt: at, startedAt: at, doneAt: at };
  return { submission, run: { ...sample, id: randomUUID(), submission: submission.id, ...own, ...times } };
}
