/** Every command where nothing is there: it ends soon, with a promised exit code, a sentence and no stack trace. */

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openClient } from '../../server/adapters/docker/client.ts';
import { createProgram } from '../../server/cli/program.ts';
import { allCommands, pathOf } from '../../server/cli/shell/help.ts';
import { PROJECT_FOLDER } from '../../server/config/config.ts';
import { INSTANCE_LABEL } from '../../server/ports/engine/container-labels.ts';
import { cli, start } from '../support/processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'gradeport-exits-'));
afterAll(() => rmSync(folder, { recursive: true }));
const noFolder = join(folder, 'a-file');
writeFileSync(noFolder, '');

const NOTHING = {
  DOCKER_HOST: 'unix:///nowhere.sock',
  GRADEPORT_DATA: noFolder,
  GRADEPORT_PORT: '9',
};
/** They have no engine, no server and no data folder to miss. */
const INDEPENDENT = ['completion', 'man', 'config show'];
/** It starts servers of its own, with data of its own. */
const SLOW = ['bench'];

const leaves = allCommands(createProgram()).filter(({ commands }) => commands.length === 0);
const missing = leaves
  .map((command) => ({
    path: pathOf(command).join(' '),
    args: command.registeredArguments.filter(({ required }) => required).map(() => 'nowhere'),
  }))
  .filter(({ path }) => !INDEPENDENT.includes(path) && !SLOW.includes(path));

describe('without an engine, a server and a data folder', () => {
  test.concurrent.each(missing)('gradeport $path says so in a sentence', async ({ path, args }) => {
    const { code, stdout, stderr } = await cli([...path.split(' '), ...args], { env: NOTHING, cwd: folder });
    // A list of nothing is an answer, too.
    expect([0, 1, 2, 3, 4, 5], stderr).toContain(code);
    expect(`${stdout}${stderr}`).not.toMatch(/\n {4}at |node:internal/);
    expect(`${stdout}${stderr}`.trim()).not.toBe('');
    expect(`${stdout}${stderr}`).not.toContain('\u001b');
  });

  test.concurrent.each([
    ['env list', [], 5],
    ['env show', ['c'], 5],
    ['env adopt-base', [], 5],
    ['grade', [join(PROJECT_FOLDER, 'examples/demo/python-sum'), '--answer', 'code=x'], 5],
    ['slots', [], 5],
    ['user list', [], 3],
    ['user remove', ['ann'], 3],
    ['serve', ['--port', '0'], 3],
    ['course check', ['nowhere'], 4],
    ['env build', ['nowhere'], 4],
    ['task check', ['nowhere'], 2],
    ['config show', ['--config', 'nowhere'], 2],
    ['completion', ['tcsh'], 2],
    ['man', [], 0],
    ['config show', [], 0],
  ])('gradeport %s %j ends with exit code %i', async (path, args, exitCode) => {
    const { code, stderr } = await cli([...path.split(' '), ...args], { env: NOTHING, cwd: folder });
    expect(code, stderr).toBe(exitCode);
  });
});

describe('what goes to a file', () => {
  test('has no colours and no rewritten lines, with or without NO_COLOR', async () => {
    for (const NO_COLOR of ['', '1']) {
      const env = {
        NO_COLOR,
        FORCE_COLOR: '',
        DOCKER_HOST: 'unix:///nowhere.sock',
        GRADEPORT_DATA: noFolder,
      };
      const { stdout, stderr } = await cli(['doctor'], { env });
      expect(stdout).toContain('✗ engine');
      for (const control of ['\u001b', '\r']) expect(stdout + stderr).not.toContain(control);
    }
  });

  test('is JSON and nothing else with --json', async () => {
    const { stdout } = await cli(['config', 'show', '--json'], {
      env: { GRADEPORT_METRICS_TOKEN: 'a'.repeat(20) },
    });
    expect(JSON.parse(stdout)).toContainEqual({
      key: 'metricsToken',
      value: '(set, not shown)',
      origin: 'variable',
      where: 'GRADEPORT_METRICS_TOKEN',
    });
  });
});

describe('on a terminal', () => {
  /** What a terminal would show; script(1) makes one. */
  async function shown(env: Record<string, string>): Promise<string> {
    const command = `${process.execPath} ${join(PROJECT_FOLDER, 'bin/gradeport.mjs')} doctor`;
    const sick = { DOCKER_HOST: 'unix:///nowhere.sock', GRADEPORT_DATA: noFolder };
    const child = spawn('script', ['-qefc', command, '/dev/null'], {
      env: { ...process.env, FORCE_COLOR: '', NO_COLOR: '', CI: '', TERM: 'xterm', ...sick, ...env },
    });
    child.stdin.end();
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += String(chunk);
    });
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(5);
    return text;
  }
  const RED_CROSS = '\u001b[31m✗\u001b[39m';

  test('there are colours, and one line that is rewritten', async () => {
    const text = await shown({});
    expect(text).toContain(`${RED_CROSS} engine`);
    expect(text).toContain('\r\u001b[KLooking at the engine');
  });

  test('there are none where NO_COLOR says so, and a dumb one gets plain lines', async () => {
    expect(await shown({ NO_COLOR: '1' })).toContain('✗ engine');
    expect(await shown({ NO_COLOR: '1' })).not.toContain(RED_CROSS);
    expect(await shown({ TERM: 'dumb' })).not.toContain('\u001b');
  });
});

test('Ctrl-C ends a run, takes its containers away, and shows in the exit code', async () => {
  const task = join(folder, 'slow');
  mkdirSync(task);
  writeFileSync(join(task, 'task.yaml'), 'environment_id: default\nproblems: {}\n');
  writeFileSync(join(task, 'run'), '#!/bin/sh\necho it-is-running\nexec sleep 60\n', { mode: 0o755 });
  const child = start(['grade', task], {});
  let printed = '';
  let pressed = false;
  child.stdout?.on('data', (chunk) => {
    printed += String(chunk);
    // Once: a second Ctrl-C ends the program at once.
    if (!pressed && printed.includes('it-is-running')) pressed = child.kill('SIGINT');
  });
  expect(await new Promise((resolve) => child.on('close', resolve))).toBe(130);
  expect(printed).toContain('killed');
  const left = await openClient().listContainers({
    all: true,
    filters: { label: [`${INSTANCE_LABEL}=cli:${child.pid}`] },
  });
  expect(left).toEqual([]);
});

test('a reader that has enough, such as head, is no failure', async () => {
  const child = start(['man'], {});
  child.stdout?.destroy();
  let said = '';
  child.stderr?.on('data', (chunk) => {
    said += String(chunk);
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect({ code, said }).toEqual({ code: 0, said: '' });
});

describe('gradeport __complete', () => {
  test('prints names of environments and runtimes, one per line', async () => {
    const environments = await cli(['__complete', 'environments']);
    expect(environments.stdout.split('\n')).toEqual(expect.arrayContaining(['c', 'default', 'java8']));
    const runtimes = await cli(['__complete', 'runtimes']);
    expect(runtimes.stdout.split('\n')).toEqual(expect.arrayContaining(['crun', 'runc', 'runsc']));
  });

  test('prints nothing, and fails nowhere, without an engine', async () => {
    const { code, stdout, stderr } = await cli(['__complete', 'environments'], { env: NOTHING });
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: '' });
  });
});
