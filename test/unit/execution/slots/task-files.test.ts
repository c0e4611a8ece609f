/** Real folders, and a real small file system for the student's. */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { openWorkspace, sweepWorkspaces } from '../../../../server/execution/slots/places/workspace.ts';
import { changing, fillTask } from '../../../../server/execution/slots/task-files.ts';
import { defaultLimits } from '../../../../server/rules/limits.ts';
import { machineState } from '../../../../server/rules/machine-state.ts';
import { afterFailure } from '../../../../server/worker/after-failure.ts';

const MIB = 2 ** 20;
const root = mkdtempSync(join(tmpdir(), 'gradeport-files-'));
const task = join(root, 'a-task');
const runs = join(root, 'runs');
beforeAll(() => {
  mkdirSync(join(task, 'student/deep'), { recursive: true });
  writeFileSync(join(task, 'run'), '#!/bin/sh\n', { mode: 0o600 });
  writeFileSync(join(task, 'student/deep/template.py'), 'x = 1\n');
  writeFileSync(join(task, 'large'), Buffer.alloc(MIB, 7));
  symlinkSync('/etc/passwd', join(task, 'link'));
});
afterAll(() => rmSync(root, { recursive: true }));

test('a task is laid out whole: files for everybody, links as links, student/ in its own place', async () => {
  await using workspace = await openWorkspace(runs, 'one', defaultLimits);
  await fillTask(workspace, task);
  expect(lstatSync(join(workspace.task, 'run'))).toMatchObject({ mode: 0o100777, uid: 4242 });
  expect(readFileSync(join(workspace.task, 'large')).length).toBe(MIB);
  expect(readlinkSync(join(workspace.task, 'link'))).toBe('/etc/passwd');
  expect(lstatSync('/etc/passwd').uid).toBe(0);
  expect(readFileSync(join(workspace.student, 'deep/template.py'), 'utf8')).toBe('x = 1\n');
  expect(workspace.studentInTask).toBe(true);
});

test('neither student/ nor systemfiles/hosts may be a link to what is not of the task', async () => {
  const sly = join(root, 'sly');
  mkdirSync(join(root, 'secret'));
  writeFileSync(join(root, 'secret/hosts'), '10.0.0.1 secret\n');
  mkdirSync(join(sly, 'systemfiles'), { recursive: true });
  symlinkSync(join(root, 'secret'), join(sly, 'student'));
  symlinkSync(join(root, 'secret/hosts'), join(sly, 'systemfiles/hosts'));
  await using workspace = await openWorkspace(runs, 'sly', defaultLimits);
  await fillTask(workspace, sly);
  expect(readdirSync(workspace.student)).toEqual([]);
  expect(readFileSync(workspace.hosts, 'utf8')).not.toContain('secret');
  mkdirSync(join(root, 'slyer'));
  symlinkSync(join(root, 'secret'), join(root, 'slyer/systemfiles'));
  await using another = await openWorkspace(runs, 'slyer', defaultLimits);
  await fillTask(another, join(root, 'slyer'));
  expect(readFileSync(another.hosts, 'utf8')).not.toContain('secret');
});

test('the student folder ends where its limits say: in bytes, and in files', async () => {
  await using workspace = await openWorkspace(runs, 'two', {
    ...defaultLimits,
    diskBytes: MIB,
    diskFiles: 50,
  });
  expect(await workspace.isFull('student')).toBe(false);
  expect(() => writeFileSync(join(workspace.student, 'big'), Buffer.alloc(2 * MIB))).toThrow('ENOSPC');
  expect(await workspace.isFull('student')).toBe(true);
  rmSync(join(workspace.student, 'big'));
  const fill = () => {
    for (let count = 0; count < 100; count += 1) writeFileSync(join(workspace.student, `f${count}`), '');
  };
  expect(fill).toThrow('ENOSPC');
  expect(await workspace.isFull('student')).toBe(true);
});

test('a task that does not fit says which limit to raise and names no place of this machine', async () => {
  mkdirSync(join(root, 'fat/student'), { recursive: true });
  writeFileSync(join(root, 'fat/student/data'), Buffer.alloc(2 * MIB));
  await using workspace = await openWorkspace(runs, 'three', { ...defaultLimits, diskBytes: MIB });
  const refused = fillTask(workspace, join(root, 'fat'));
  await expect(refused).rejects.toThrow(/"fat" do not fit.*1 MiB \(limits\.disk/);
  await expect(refused).rejects.not.toThrow(root);
});

test('a folder that is away is no empty task: the run is tried again, and its files that change as well', async () => {
  const after = (fault: unknown) => afterFailure({ failures: 0 }, fault, { alone: 0, waitedMs: 0 });
  await using workspace = await openWorkspace(runs, 'away', defaultLimits);
  const gone = await fillTask(workspace, join(root, 'gone')).catch((error: unknown) => error);
  expect(after(gone)).toMatchObject({ next: 'try again', failures: 1 });
  expect(after(changing())).toMatchObject({ next: 'try again', failures: 0 });
});

test('a full disk of the machine is not the fault of a task that would fit', async () => {
  // As without root, where the folders of a run are on the machine's disk.
  const full = join(root, 'full');
  mkdirSync(full);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'gradeport', full]);
  onTestFinished(() => void execFileSync('umount', [full]));
  const workspace = { owner: 4242, task: full, student: full, studentBytes: null, isFull: async () => false };
  await using other = await openWorkspace(runs, 'full', defaultLimits);
  const fault = await fillTask({ ...other, ...workspace }, task).catch((error: unknown) => error);
  expect(machineState(fault)).toBe('A disk is full, or has no room for more files.');
});

test('what a killed process left is taken away, whatever a student put there', async () => {
  const workspace = await openWorkspace(runs, 'left', defaultLimits);
  symlinkSync('/etc', join(workspace.student, 'etc'));
  writeFileSync(join(root, 'outside'), 'kept');
  symlinkSync(join(root, 'outside'), join(workspace.student, 'outside'));
  await sweepWorkspaces(runs);
  expect(existsSync(workspace.student)).toBe(false);
  expect(readFileSync(join(root, 'outside'), 'utf8')).toBe('kept');
  expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(runs);
});
