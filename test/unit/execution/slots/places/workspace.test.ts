/** As root: a run's folders are mounted. Test machines are root, as .ci/run says; elsewhere nothing is to be seen. */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openWorkspace, sweepWorkspaces } from '../../../../../server/execution/slots/places/workspace.ts';
import { mountMemory, unmount } from '../../../../../server/execution/slots/policy/mounts.ts';
import { defaultLimits } from '../../../../../server/rules/limits.ts';

const folder = mkdtempSync(join(tmpdir(), 'gradeport workspace "quoted" $HOME \\ -'));
afterAll(() => rmSync(folder, { recursive: true }));

// The kernel writes a space in a name as \040.
const mounts = () =>
  readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line.includes('gradeport\\040workspace'));

test('many workspaces at a time are mounted, each with its own size, and leave nothing behind', async () => {
  const opened = await Promise.all(
    Array.from({ length: 8 }, (_, at) =>
      openWorkspace(folder, `run${at}`, { ...defaultLimits, diskBytes: (at + 1) * 2 ** 20 }),
    ),
  );
  expect(mounts()).toHaveLength(32);
  for (const [at, { student }] of opened.entries()) {
    const write = (mebibytes: number) =>
      writeFileSync(join(student, 'big'), Buffer.alloc(mebibytes * 2 ** 20));
    write(at + 1);
    expect(() => write(at + 2)).toThrow('ENOSPC');
    mkdirSync(join(student, 'a/b'), { recursive: true });
    symlinkSync('/etc', join(student, 'a/link'));
  }
  await Promise.all(opened.map((workspace) => workspace[Symbol.asyncDispose]()));
  expect(mounts()).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
  expect(readdirSync('/etc').length).toBeGreaterThan(0);
});

test('a grader is shown the student folder with links that lead nowhere, and no set-user-id programs or devices', async () => {
  await using workspace = await openWorkspace(folder, 'shown', defaultLimits);
  const { student, task } = workspace;
  const studentForGrader = join(task, 'student');
  expect(workspace.studentInTask).toBe(true);
  writeFileSync(join(task, 'run'), 'of the grader');
  symlinkSync(join(task, 'run'), join(student, 'link'));
  symlinkSync(task, join(student, 'folder'));
  for (const path of ['link', 'folder/run']) {
    expect(readFileSync(join(student, path), 'utf8')).toBe('of the grader');
    expect(() => readFileSync(join(studentForGrader, path))).toThrow('ELOOP');
    expect(() => writeFileSync(join(studentForGrader, path), 'x')).toThrow('ELOOP');
  }
  writeFileSync(join(studentForGrader, 'made'), 'by the grader');
  expect(readFileSync(join(student, 'made'), 'utf8')).toBe('by the grader');
  expect(mounts().findLast((line) => line.includes('/task/student'))).toMatch(/nosuid,nodev,.*nosymfollow/);
});

test('what a dead process left is unmounted and removed, whatever the name of its folder is', async () => {
  const runs = join(folder, 'runs');
  // Never disposed of, as after a kill.
  await openWorkspace(runs, 'left', defaultLimits);
  expect(mounts()).toHaveLength(4);
  await sweepWorkspaces(runs);
  expect(mounts()).toEqual([]);
  expect(readdirSync(runs)).toEqual([]);
  rmSync(runs, { recursive: true });
});

/** What a container of an earlier version could leave: too deep for a path, set-user-id, and a file that stays. */
function leaveHostileTree(top: string): void {
  mkdirSync(top, { recursive: true });
  const script =
    'import os,sys\nos.chdir(sys.argv[1])\nfor _ in range(400):\n os.mkdir("d"*200); os.chdir("d"*200)';
  execFileSync('python3', ['-c', script, top]);
  writeFileSync(join(top, '-rf'), '', { mode: 0o6755 });
  symlinkSync('/etc', join(top, 'link'));
}

test('a hostile tree is removed without walking it by path', async () => {
  const runs = join(folder, 'hostile');
  leaveHostileTree(join(runs, 'left'));
  expect(await sweepWorkspaces(runs)).toBeNull();
  expect(readdirSync(runs)).toEqual([]);
  expect(readdirSync('/etc').length).toBeGreaterThan(0);
  rmSync(runs, { recursive: true });
});

test('what cannot be removed is reported, and the folder can be used', async () => {
  const runs = join(folder, 'stays');
  leaveHostileTree(join(runs, 'left'));
  mkdirSync(join(runs, 'kept'));
  writeFileSync(join(runs, 'kept/file'), '');
  execFileSync('chattr', ['+i', join(runs, 'kept/file')]);
  try {
    expect(await sweepWorkspaces(runs)).toMatch(/cannot remove .*kept\/file/);
    expect(readdirSync(runs)).toEqual(['kept']);
    await using workspace = await openWorkspace(runs, 'next', defaultLimits);
    expect(existsSync(workspace.hosts)).toBe(true);
  } finally {
    execFileSync('chattr', ['-i', join(runs, 'kept/file')]);
    rmSync(runs, { recursive: true });
  }
});

test('a mount that fails says what mount said, and the next one works', async () => {
  await expect(mountMemory(join(folder, 'not there'), 'size=4096')).rejects.toThrow(
    /mount point does not exist/,
  );
  await expect(unmount(folder)).rejects.toThrow(/not mounted/);
  mkdirSync(join(folder, 'there'));
  await mountMemory(join(folder, 'there'), 'size=4096');
  expect(mounts()).toHaveLength(1);
  await unmount(join(folder, 'there'));
  rmSync(join(folder, 'there'), { recursive: true });
});

test('a folder whose name would be two lines is refused before anything is mounted', async () => {
  await expect(async () => mountMemory(`${folder}\nunmount`, 'size=1')).rejects.toThrow('line break');
});
