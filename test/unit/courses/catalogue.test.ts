import { writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openCourses } from '../../../server/courses/catalogue.ts';
import { readTask } from '../../../server/courses/read-task.ts';

const TASK = 'name: Fact\nenvironment: default\nproblems: {q: {type: code}}\n';
let folder: string;
let clock = 0;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gradeport-courses-'));
  await write('algo/course.yaml', 'name: Algorithms\nadmins: [x]\ndescription: |\n  Some *text*\n');
  await write('algo/fact/task.yaml', TASK);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(path: string, text: string): Promise<void> {
  await mkdir(join(folder, path, '..'), { recursive: true });
  await writeFile(join(folder, path), text);
}

/** Each question comes two seconds after the one before. */
function open(warnings: string[] = []) {
  const now = () => {
    clock += 2000;
    return clock;
  };
  return openCourses([folder], { now, warn: (message) => warnings.push(message) });
}

describe('the courses on disk', () => {
  test('are folders with a course.yaml; their tasks are folders with a task.yaml', async () => {
    await write('algo/$common/task.yaml', TASK);
    await write('algo/.git/task.yaml', TASK);
    await write('algo/README.md', '');
    await write('notes/fact/task.yaml', TASK);
    const courses = await open().list();
    expect(courses.map(({ id, name }) => [id, name])).toEqual([['algo', 'Algorithms']]);
    expect(courses[0]?.tasks.map(({ id }) => id)).toEqual(['fact']);
    expect(courses[0]?.common).toBe(join(folder, 'algo/$common'));
  });

  test('list tasks by order and id, with any letters in their names', async () => {
    await write('algo/été/task.yaml', `${TASK}order: 2`);
    await write('algo/b.1/task.yaml', TASK);
    const catalogue = open();
    expect((await catalogue.get('algo'))?.tasks.map(({ id }) => id)).toEqual(['b.1', 'fact', 'été']);
    expect((await catalogue.task('algo', 'été'))?.course).toBe('algo');
    expect(await catalogue.task('algo', 'nope')).toBeNull();
    expect(await catalogue.get('nope')).toBeNull();
  });

  test('name folders whose names are not UTF-8, with escapes', async () => {
    const named = (...parts: string[]) => Buffer.from(join(folder, ...parts), 'latin1');
    await mkdir(named('algo/caf\xe9'));
    await writeFile(named('algo/caf\xe9/task.yaml'), TASK);
    await mkdir(named('logik\xfc'));
    await writeFile(named('logik\xfc/course.yaml'), 'name: Logic\n');
    const warnings: string[] = [];
    const [course, ...others] = await open(warnings).list();
    expect(others).toEqual([]);
    expect(warnings.join()).toMatch(/logik\\xfc is not a course: its name may have letters/);
    expect(course?.broken).toMatchObject([
      {
        id: 'caf\\xe9',
        problems: [
          { file: 'algo/caf\\xe9/task.yaml', message: expect.stringContaining('folder’s name may have') },
        ],
      },
    ]);
  });

  test('work when a task or the course.yaml is broken, and say what is wrong with it', async () => {
    await write('algo/broken/task.yaml', 'name: x\n\tb: 1\n');
    await write('algo/a b/task.yaml', TASK);
    await write('algo/course.yaml', 'description: no name\n');
    const course = await open().get('algo');
    expect(course?.name).toBe('algo');
    expect(course?.tasks).toHaveLength(1);
    expect(course?.broken.map(({ id }) => id)).toEqual(['a b', 'broken', 'course.yaml']);
    expect(course?.broken[1]?.problems[0]).toMatchObject({
      file: 'algo/broken/task.yaml',
      line: 2,
      column: 1,
    });
    expect(course?.broken[2]?.problems[0]?.message).toBe('name: expected text; it is missing');
  });

  test('may have no tasks at all', async () => {
    await rm(join(folder, 'algo/fact'), { recursive: true });
    expect((await open().get('algo'))?.tasks).toEqual([]);
  });

  test('are read again when files change, come and go', async () => {
    const catalogue = open();
    const first = await catalogue.get('algo');
    await write('algo/fact/task.yaml', TASK.replace('Fact', 'Fast'));
    expect((await catalogue.task('algo', 'fact'))?.name).toBe('Fast');
    await rename(join(folder, 'algo/fact'), join(folder, 'algo/gone'));
    expect((await catalogue.get('algo'))?.tasks.map(({ id }) => id)).toEqual(['gone']);
    await write('second/course.yaml', 'name: Second');
    expect(await catalogue.list()).toHaveLength(2);
    await rm(join(folder, 'algo'), { recursive: true });
    expect((await catalogue.list()).map(({ id }) => id)).toEqual(['second']);
    expect(first?.tasks[0]?.name).toBe('Fact');
  });

  test('are not read again when nothing changed', async () => {
    const catalogue = open();
    const first = await catalogue.get('algo');
    expect(await catalogue.get('algo')).toBe(first);
    await write('algo/other/task.yaml', TASK);
    const second = await catalogue.get('algo');
    expect(second).not.toBe(first);
    expect(second?.tasks[0]).toBe(first?.tasks[0]);
  });

  test('are looked at once a second at most', async () => {
    const catalogue = openCourses([folder], { now: () => 1000 });
    await catalogue.list();
    await write('second/course.yaml', 'name: Second');
    expect(await catalogue.list()).toHaveLength(1);
  });

  test('are looked at again before somebody has to wait for it', async () => {
    // By this clock nothing ever becomes too old: only the look ahead can see the new course.
    const catalogue = openCourses([folder], { now: () => 1000, recheckMs: 20 });
    await catalogue.list();
    await write('second/course.yaml', 'name: Second');
    await vi.waitFor(async () => expect(await catalogue.list()).toHaveLength(2));
    await catalogue.close();
    await write('third/course.yaml', 'name: Third');
    expect(await catalogue.list()).toHaveLength(2);
  });

  test('are shown as they were while they are read ahead, however long that takes', async () => {
    let clock = 1000;
    let meanwhile: Promise<unknown> | undefined;
    // The reading ahead notices the misnamed folder before it reads the course.
    const warn = () => {
      if (meanwhile) return;
      writeFileSync(join(folder, 'algo/course.yaml'), 'name: Saved\n');
      clock = 1030;
      meanwhile = catalogue.list();
    };
    const catalogue = openCourses([folder], { now: () => clock, recheckMs: 20, warn });
    const first = await catalogue.list();
    await write('a b/course.yaml', 'name: x');
    await vi.waitFor(() => expect(meanwhile).toBeDefined());
    expect(await meanwhile).toEqual(first);
    await vi.waitFor(async () => expect((await catalogue.get('algo'))?.name).toBe('Saved'));
    await catalogue.close();
  });

  test('with the same id: the first folder counts, and that is logged once', async () => {
    const warnings: string[] = [];
    await write('a b/course.yaml', 'name: x');
    const options = {
      now: () => Date.now() + clock++ * 5000,
      warn: (message: string) => warnings.push(message),
    };
    const catalogue = openCourses([folder, folder, join(folder, 'nowhere')], options);
    expect(await catalogue.list()).toHaveLength(1);
    await catalogue.list();
    expect(warnings).toHaveLength(3);
  });
});

describe('one task folder', () => {
  test('is read with the course above it', async () => {
    await write('algo/$common/x', '');
    const read = await readTask(join(folder, 'algo/fact'));
    expect(read).toMatchObject({
      task: { id: 'fact', course: 'algo' },
      common: join(folder, 'algo/$common'),
    });
  });

  test('needs no course', async () => {
    await write('alone/task.yaml', TASK);
    expect(await readTask(join(folder, 'alone'))).toMatchObject({ task: { course: '' }, common: null });
    expect(await readTask(join(folder, 'alone'), { course: 'c' })).toMatchObject({ task: { course: 'c' } });
  });

  test('that is none says so', async () => {
    const read = await readTask(join(folder, 'nope'));
    expect('problems' in read && read.problems[0]?.message).toContain('there is no such file');
  });
});
