/** Which tasks a folder has: of a task, of a course, of a repository. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { findCourses, findTasks } from '../../../../server/cli/local/find-tasks.ts';
import { USUAL_ENVIRONMENTS } from '../../../../server/courses/task.ts';
import { tempFolder } from '../../../support/store/temp-folder.ts';

const TASK =
  'name: T\nenvironment_id: default\nenvironment_type: docker\nproblems: {q: {type: code, name: Q}}\n';

function repository(files: Record<string, string>): string {
  const folder = tempFolder();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

async function namesIn(folder: string) {
  const { tasks, broken } = await findTasks(folder, USUAL_ENVIRONMENTS);
  return {
    tasks: tasks.map(({ task }) => `${task.course}/${task.id}`),
    broken: broken.map(({ course, task }) => `${course}/${task}`),
  };
}

test('a repository is all its courses and tasks, up to two folders deep', async () => {
  const folder = repository({
    'courses/b/course.yaml': 'name: B',
    'courses/b/two/task.yaml': TASK,
    'courses/a/course.yaml': 'name: A',
    'courses/a/one/task.yaml': TASK,
    'courses/a/broken/task.yaml': 'name: [',
    'alone/task.yaml': TASK,
    'half/task.yaml': 'name: [',
    'far/too/deep/task.yaml': TASK,
    '.git/x/task.yaml': TASK,
    'node_modules/x/task.yaml': TASK,
  });
  symlinkSync(folder, join(folder, 'circle'));
  expect(await namesIn(folder)).toEqual({
    tasks: ['/alone', 'a/one', 'b/two'],
    broken: ['a/broken', '/half'],
  });
  expect(await findCourses(folder)).toEqual([join(folder, 'courses/a'), join(folder, 'courses/b')]);
});

test('a course is its tasks, and a task is itself', async () => {
  const folder = repository({ 'course.yaml': 'name: A', 'one/task.yaml': TASK, 'two/task.yaml': TASK });
  expect((await namesIn(folder)).tasks.map((name) => name.split('/')[1])).toEqual(['one', 'two']);
  expect((await namesIn(join(folder, 'two'))).tasks.map((name) => name.split('/')[1])).toEqual(['two']);
  expect(await findCourses(folder)).toEqual([folder]);
});

test('a folder without any says what it looked for', async () => {
  await expect(findTasks(repository({ 'x/y.txt': '' }), USUAL_ENVIRONMENTS)).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('no task.yaml and no course.yaml'),
  });
});
