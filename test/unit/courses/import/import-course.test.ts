import { readdirSync, rmSync } from 'node:fs';
import { chmod, lstat, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openCourses } from '../../../../server/courses/catalogue.ts';
import { importCourse } from '../../../../server/courses/import/import-course.ts';
import { copyOfCourse } from '../../../support/course-copy.ts';

let copy: Awaited<ReturnType<typeof copyOfCourse>>;
let courses: string;
beforeEach(async () => {
  copy = await copyOfCourse();
  courses = join(await mkdtemp(join(tmpdir(), 'gradeport-import-')), 'courses');
});
afterEach(async () => {
  await copy[Symbol.asyncDispose]();
  await rm(join(courses, '..'), { recursive: true });
});

const take = (change: { id?: string; replace?: boolean; from?: string } = {}) =>
  importCourse(change.from ?? copy.course, courses, {
    id: change.id ?? 'every',
    replace: change.replace ?? false,
    now: new Date('2026-11-20T10:00:00Z'),
    onFile: () => {},
  });

async function listing(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const read = files
    .sort()
    .map(async (file) => [file.slice(folder.length), await readFile(file, 'utf8')] as const);
  return new Map(await Promise.all(read));
}

describe('an imported course', () => {
  test('has every file of the folder, which stays as it is, and is there at once', async () => {
    await chmod(join(copy.course, 'old/run'), 0o755);
    const before = await listing(copy.course);
    const imported = await take();
    expect(await listing(copy.course)).toEqual(before);
    expect(await listing(imported.folder)).toEqual(before);
    expect(imported).toMatchObject({ files: before.size, left: [], undo: null });
    expect((await stat(join(imported.folder, 'old/run'))).mode & 0o111).toBe(0o111);
    expect((await openCourses([courses]).get('every'))?.tasks).toHaveLength(6);
  });

  test('has the links that stay within it, and nothing that others lead to', async () => {
    await symlink('../quiz/secret.txt', join(copy.course, 'old/inner'));
    await symlink('/etc/passwd', join(copy.course, 'old/absolute'));
    await symlink('../../..', join(copy.course, 'old/out'));
    await symlink('nowhere', join(copy.course, 'old/broken'));
    // Reads as if it stayed in old/, but goes up from where the first link leads.
    await symlink('..', join(copy.course, 'old/top'));
    await symlink('top/..', join(copy.course, 'old/sly'));
    const { folder, left } = await take();
    expect((await lstat(join(folder, 'old/inner'))).isSymbolicLink()).toBe(true);
    expect(await readFile(join(folder, 'old/inner'), 'utf8')).toBe('for the grader alone\n');
    expect(left.map(({ path, reason }) => `${path}: ${reason}`).toSorted()).toEqual([
      'old/absolute: the link leads out of the course',
      'old/broken: the link leads nowhere',
      'old/out: the link leads out of the course',
      'old/sly: the link leads out of the course',
    ]);
    expect(await readdir(join(folder, 'old'))).not.toContain('absolute');
  });

  test('leaves the history of its files behind', async () => {
    await copy.write('.git/config', 'x');
    expect(await readdir((await take()).folder)).not.toContain('.git');
  });

  test('shows students no output of its graders, whatever its course.yaml looks like', async () => {
    const shown = async () =>
      (await openCourses([courses]).get('every'))?.tasks.filter(({ showOutput }) => showOutput).length;
    await copy.write('course.yaml', '# mine\nname: x\n');
    const { folder } = await take();
    expect(await shown()).toBe(0);
    expect(await readFile(join(folder, 'course.yaml'), 'utf8')).toBe('# mine\nname: x\nshow_output: false\n');
    await copy.write('course.yaml', 'name: x\nshow_output: true\n');
    await take({ replace: true });
    expect(await shown()).toBe(6);
  });

  test('gets a course.yaml where the folder has task folders but none', async () => {
    await rm(join(copy.course, 'course.yaml'));
    await take();
    expect(
      (await openCourses([courses]).get('every'))?.tasks.map(({ showOutput }) => showOutput),
    ).not.toContain(true);
  });

  test('replaces no course, unless it is asked to; then what was there is kept', async () => {
    const { folder } = await take();
    await writeFile(join(folder, 'mine.txt'), 'x');
    await expect(take()).rejects.toThrow('There is a course "every" already: --replace');
    const { undo } = await take({ replace: true });
    expect(await readdir(folder)).not.toContain('mine.txt');
    expect(await readdir(undo ?? '')).toContain('mine.txt');
    expect(await openCourses([courses]).list()).toHaveLength(1);
    expect((await readdir(courses)).toSorted()).toEqual(['.replaced', 'every']);
  });

  test('that cannot take the place of another leaves that one where it was', async () => {
    await take();
    const before = await listing(join(courses, 'every'));
    /** Asked for the time when the copy is made: somebody takes it away. */
    const now = new (class extends Date {
      override toISOString() {
        for (const name of readdirSync(courses))
          if (name.startsWith('.importing')) rmSync(join(courses, name), { recursive: true });
        return super.toISOString();
      }
    })();
    const options = { id: 'every', replace: true, now, onFile: () => {} };
    await expect(importCourse(copy.course, courses, options)).rejects.toThrow('ENOENT');
    expect(await listing(join(courses, 'every'))).toEqual(before);
    expect(await readdir(join(courses, '.replaced'))).toEqual([]);
  });

  test('is refused with a sentence where it cannot be one', async () => {
    await expect(take({ id: '../x' })).rejects.toThrow('cannot be the id of a course');
    await expect(take({ id: '.x' })).rejects.toThrow('cannot be the id of a course');
    await expect(take({ from: '/nowhere' })).rejects.toThrow('There is no folder /nowhere.');
    await expect(take({ from: copy.folder })).rejects.toThrow('these folders in it are courses: every');
    const { folder } = await take();
    await expect(take({ from: folder, id: 'again' })).rejects.toThrow(
      'among the courses of this installation',
    );
    expect(await readdir(courses)).toEqual(['every']);
  });
});

test.each([
  [
    'a zip',
    'PK\u0003\u0004',
    /is an archive \(zip\).*Unpack it \("unzip .* -d course"\), then name the folder/,
  ],
  ['a tar.gz', '\u001f\u008b', /is an archive \(tar\).*tar -xf .* -C course"\), then name the folder/],
  [
    'any other file',
    'name: K',
    /is a file, and a course is a folder\. Name the folder that has course\.yaml in it\./,
  ],
])('%s is no course, and the sentence says what to do', async (_, content, sentence) => {
  const from = join(courses, '..', 'course.zip');
  await writeFile(from, content, 'latin1');
  await expect(take({ from })).rejects.toThrow(sentence);
  await expect(take({ from: join(courses, 'none') })).rejects.toThrow('There is no folder');
});
