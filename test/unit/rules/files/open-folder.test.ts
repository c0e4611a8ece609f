/** What is below an open folder, by descriptors as on Linux, and by paths as elsewhere. */
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  fileBeneath,
  folderBeneath,
  type OpenFolder,
  openFolder,
} from '../../../../server/rules/files/open-folder.ts';
import { tempFolder } from '../../../support/store/temp-folder.ts';

function house(): string {
  const root = tempFolder();
  mkdirSync(join(root, 'course/task/deep'), { recursive: true });
  mkdirSync(join(root, 'secret/deep'), { recursive: true });
  for (const path of ['course/task/file', 'course/task/deep/file', 'secret/file', 'secret/deep/file'])
    writeFileSync(join(root, path), path);
  symlinkSync('../secret', join(root, 'course/out'));
  symlinkSync('task', join(root, 'course/in'));
  symlinkSync('file', join(root, 'course/task/link'));
  symlinkSync('/etc/passwd', join(root, 'course/task/passwd'));
  execFileSync('mkfifo', [join(root, 'course/task/pipe')]);
  return root;
}

const textOf = (folder: OpenFolder, names: string[]): string | null => {
  const file = fileBeneath(folder, names);
  if (file === null) return null;
  try {
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
};
const openNow = (path: string, byDescriptors: boolean, mayBeLink = false): OpenFolder => {
  const folder = openFolder(path, { byDescriptors, mayBeLink });
  if (!folder) throw new Error(`no folder ${path}`);
  return folder;
};

describe.each([
  ['descriptors', true],
  ['paths', false],
])('by %s', (_, byDescriptors) => {
  test('files and folders are read, links and other things are not', () => {
    using course = openNow(join(house(), 'course'), byDescriptors);
    expect(textOf(course, ['task', 'file'])).toBe('course/task/file');
    expect(textOf(course, ['task', 'deep', 'file'])).toBe('course/task/deep/file');
    for (const names of [
      ['out', 'file'],
      ['in', 'file'],
      ['task', 'link'],
      ['task', 'passwd'],
      ['task', 'pipe'],
      ['task', 'deep'],
      ['task', 'nothing'],
      ['task', 'file', 'file'],
      [],
    ])
      expect(textOf(course, names), names.join('/')).toBeNull();
    expect(folderBeneath(course, ['out', 'deep'])).toBeNull();
    using task = folderBeneath(course, ['task']);
    expect(
      task
        ?.entries()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['deep', 'file', 'link', 'passwd', 'pipe']);
    expect(task?.link('passwd')).toBe('/etc/passwd');
    expect(task?.link('file')).toBeNull();
    expect(task?.look('passwd')?.isSymbolicLink()).toBe(true);
    expect(task?.look('nothing')).toBeNull();
  });

  test.each(['..', '.', '', 'a/b', '/etc', 'a\0b'])('%j is no name', (name) => {
    using course = openNow(join(house(), 'course'), byDescriptors);
    for (const use of [course.look, course.folder, course.file, course.link])
      expect(() => use(name)).toThrow('is not one name');
  });

  test('the folder itself may be a link only where that is said', () => {
    const root = house();
    expect(openFolder(join(root, 'course/in'), { byDescriptors })).toBeNull();
    using linked = openNow(join(root, 'course/in'), byDescriptors, true);
    expect(textOf(linked, ['file'])).toBe('course/task/file');
    expect(textOf(linked, ['link'])).toBeNull();
    expect(openFolder(join(root, 'nothing'), { byDescriptors })).toBeNull();
    expect(openFolder(join(root, 'course/task/file'), { byDescriptors, mayBeLink: true })).toBeNull();
  });

  test('a folder that is swapped for a link meanwhile leads nowhere else', () => {
    const root = house();
    using course = openNow(join(root, 'course'), byDescriptors);
    using task = folderBeneath(course, ['task']);
    using deep = folderBeneath(course, ['task', 'deep']);
    renameSync(join(root, 'course/task'), join(root, 'moved'));
    symlinkSync('../secret', join(root, 'course/task'));
    for (const [folder, names] of [
      [task, ['file']],
      [task, ['deep', 'file']],
      [deep, ['file']],
    ] as const)
      expect((folder && textOf(folder, [...names])) ?? '').not.toMatch(/secret/);
    const seen = () => task?.entries().length;
    if (byDescriptors) expect(seen()).toBe(5);
    else expect(seen).toThrow('is changing right now');
  });

  test('too many folders in folders are refused, and every descriptor is closed', () => {
    const root = tempFolder();
    mkdirSync(join(root, ...Array.from({ length: 80 }, () => 'd')), { recursive: true });
    const before = readdirSync('/proc/self/fd').length;
    {
      using top = openNow(root, byDescriptors);
      expect(() =>
        folderBeneath(
          top,
          Array.from({ length: 80 }, () => 'd'),
        ),
      ).toThrow(/64 deep/);
    }
    expect(readdirSync('/proc/self/fd').length).toBe(before);
    rmSync(root, { recursive: true });
  });
});
