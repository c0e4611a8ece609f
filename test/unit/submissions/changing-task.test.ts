/** A task that somebody changes between the reading of its page and a submission: over a real folder and real bundles. */
import { mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { createTaskFiles } from '../../../server/adapters/task-files/task-files.ts';
import { openCourses } from '../../../server/courses/catalogue.ts';
import { visibleTask } from '../../../server/courses/students/visible.ts';
import { submit } from '../../../server/submissions/submit.ts';
import { sampleUser } from '../../support/store/samples.ts';
import { tempFolder } from '../../support/store/temp-folder.ts';
import { openTestStore } from '../../support/store/test-store.ts';
import { submitDeps } from '../../support/submissions/submit-deps.ts';

const TASK = `accessible: true
environment_type: mcq
problems:
  q1: { type: match, answer: "1" }
  q2: { type: match, answer: "2" }
`;
const student = sampleUser('ann', { name: 'ann', roles: { c1: 'student' } });

/** A task that a student has looked at, and the way to submit to it as it was. */
async function lookedAt() {
  const root = tempFolder();
  const task = join(root, 'courses/c1/sum');
  mkdirSync(task, { recursive: true });
  writeFileSync(join(root, 'courses/c1/course.yaml'), 'name: C\naccessible: true\n');
  writeFileSync(join(task, 'task.yaml'), TASK);
  writeFileSync(join(task, 'run'), '#!/bin/sh\n');
  const store = await openTestStore(join(root, 'data'));
  const courses = openCourses([join(root, 'courses')]);
  onTestFinished(async () => {
    await courses.close();
    await store.close();
  });
  const base = submitDeps(store);
  const folder = join(root, 'data/bundles');
  const log = pino({ level: 'silent' });
  const taskFiles = createTaskFiles({ store, folder, unusedMs: 1000, log, clock: Date.now });
  const at = await visibleTask({ courses, clock: base.clock }, student, 'c1', 'sum');
  const answers = new Map([
    ['q1', '1'],
    ['q2', '2'],
  ]);
  return { root, task, store, submit: () => submit({ ...base, taskFiles }, student, at, answers) };
}

const cutAfter = (task: string, text: string) =>
  truncateSync(join(task, 'task.yaml'), TASK.indexOf(text) + text.length);

test.each<[string, (task: string, root: string) => void]>([
  ['task.yaml ends in the middle of a word', (task) => cutAfter(task, 'q2: { type: ma')],
  ['task.yaml ends between two problems', (task) => cutAfter(task, 'answer: "1" }\n')],
  ['task.yaml is empty', (task) => truncateSync(join(task, 'task.yaml'))],
  ['task.yaml is gone', (task) => rmSync(join(task, 'task.yaml'))],
  ['the folder is away', (task, root) => renameSync(task, join(root, 'away'))],
  [
    'a link leads to another folder in its place',
    (task, root) => {
      renameSync(task, join(root, 'away'));
      symlinkSync(join(root, 'away'), task);
    },
  ],
])('a submission is refused and stored nowhere while %s', async (_, change) => {
  const { root, task, store, submit } = await lookedAt();
  change(task, root);
  await expect(submit()).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('Nothing was submitted; try again'),
  });
  expect(await store.runs.count({})).toBe(0);
  expect(await store.submissions.count({})).toBe(0);
});

test('other files of the task may have changed: it is graded with those of now', async () => {
  const { task, store, submit } = await lookedAt();
  writeFileSync(join(task, 'run'), '#!/bin/sh\ntrue\n');
  expect(await submit()).toMatchObject({ ok: true });
  expect(await store.runs.count({})).toBe(1);
});
