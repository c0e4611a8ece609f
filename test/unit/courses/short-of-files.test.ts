/** Where the machine opens no more files, nothing is known of a file: it is not broken, not gone, and not remembered so. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { PROJECT_FOLDER } from '../../../server/config/config.ts';

test('courses stay as they were, a task and a text are no fault of their own, and all is as before afterwards', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gradeport-short-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'algo/fact'), { recursive: true });
  writeFileSync(join(folder, 'algo/course.yaml'), 'name: Algorithms\n');
  writeFileSync(
    join(folder, 'algo/fact/task.yaml'),
    'name: F\nenvironment: default\nproblems: {q: {type: code}}\n',
  );
  const script = join(PROJECT_FOLDER, 'test/support/short-of-files-child.ts');
  const { stdout } = await promisify(execFile)('prlimit', ['--nofile=128', process.execPath, script, folder]);
  const { short, afterwards } = JSON.parse(stdout);
  expect(short).toEqual({
    courses: [['algo', 1, 0]],
    fresh: expect.stringMatching(/failed: .*EMFILE/),
    task: expect.stringMatching(/failed: .*EMFILE/),
    text: expect.stringMatching(/failed: .*EMFILE/),
    thread: expect.stringMatching(/failed: .*EMFILE/),
    many: 0,
  });
  expect(afterwards).toEqual({
    courses: [['algo', 1, 0]],
    fresh: [['algo', 1, 0]],
    task: ['task', 'saysAccess'],
    text: true,
    thread: 'x!',
    many: 5_000,
  });
});
