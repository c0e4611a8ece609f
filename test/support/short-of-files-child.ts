/** A process for tests that may open no more files for a while. Prints what it saw then, and afterwards, as JSON. */
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { openCourses } from '../../server/courses/catalogue.ts';
import { readBundledTask } from '../../server/courses/read-task.ts';
import { USUAL_ENVIRONMENTS } from '../../server/courses/task.ts';
import { compileText } from '../../server/courses/text/rst.ts';
import { openThread } from '../../server/rules/own-thread.ts';

const [folder = ''] = process.argv.slice(2);
const courses = openCourses([folder], { recheckMs: 0, warn: () => {} });
const fresh = openCourses([folder], { recheckMs: 0, warn: () => {} });
const around = { course: 'algo', common: null, defaults: USUAL_ENVIRONMENTS };
const MANY = 5_000;
const bounds = { deadlineMs: 10_000, memoryMiB: 64, maxWaiting: MANY, idleMs: null };
const crowd = () => Array.from({ length: MANY }, () => thread.work('a', 'x'));
const thread = openThread(new URL('./slow-thread-child.ts', import.meta.url), z.string(), bounds);

const answer = async (ask: () => unknown): Promise<unknown> => {
  try {
    return await ask();
  } catch (error) {
    return `failed: ${error instanceof Error ? error.message : error}`;
  }
};
const idsOf = async (catalogue: typeof courses) =>
  (await catalogue.list()).map(({ id, tasks, broken }) => [id, tasks.length, broken.length]);

const look = async () => ({
  courses: await answer(() => idsOf(courses)),
  fresh: await answer(() => idsOf(fresh)),
  task: await answer(async () => Object.keys(await readBundledTask(join(folder, 'algo/fact'), around))),
  text: await answer(() => compileText('rst', '*a*') !== null),
  thread: await answer(() => thread.work('a', 'x')),
  many: await answer(
    async () => (await Promise.allSettled(crowd())).filter(({ status }) => status === 'fulfilled').length,
  ),
});

await courses.list();
const taken: number[] = [];
try {
  for (;;) taken.push(openSync('/dev/null', 'r'));
} catch {
  // All that this process may open.
}
const short = await look();
for (const file of taken) closeSync(file);
console.log(JSON.stringify({ short, afterwards: await look() }));
process.exit();
