/** The first process of a student container: one untrusted command, bounded in everything it can do to us. */
import { describe, expect, test } from 'vitest';
import { STDERR, STDIN, STDOUT } from '../../../grading-api/protocol.ts';
import { aCommand, startAgent } from '../../support/grading-api/agent.ts';
import { makeSlot } from '../../support/grading-api/container.ts';

/** What an agent sends of a stream before it is taken. */
const WINDOW = 256 * 1024;

type Input = { data?: (string | Buffer)[]; close?: boolean };

/** Run one command to its end. */
async function ran(command: string, more: Record<string, unknown> = {}, input: Input = { close: true }) {
  await using slot = await makeSlot();
  const agent = startAgent('student', slot);
  agent.send({ ...aCommand, ...more, command });
  for (const part of input.data ?? []) agent.sendBytes(STDIN, 0, part);
  if (input.close) agent.send({ type: 'stdin-close', channel: 0 });
  const { code, ended } = await agent.message('exit');
  expect(await agent.exit()).toBe(0);
  return { code, ended, stdout: agent.printed(STDOUT), stderr: agent.printed(STDERR) };
}

describe('a command', () => {
  test('is split like by a shell and run without one, as 4242 in its folder', async () => {
    const { stdout, code } = await ran(`printf '%s|' 'a b' $HOME "c"`);
    expect([stdout, code]).toEqual(['a b|$HOME|c|', 0]);
    const { stdout: who } = await ran(`sh -c 'id -u; id -G; pwd; echo $HOME; ulimit -c; echo $PATH'`);
    expect(who).toMatch(/^4242\n4242\n\/task\/student\n\/task\n0\n(?!.*gradeport)/);
  });

  test('may import the grading API, where it can report nothing: tests that run as student do', async () => {
    const script = [
      'from inginious import feedback, rst',
      'print(rst.get_codeblock("", "x"))',
      'feedback.set_grade(100)',
    ];
    const { stdout, stderr, code } = await ran(`python3 -c '${script.join('\n')}'`);
    expect(stdout).toContain('.. code-block::');
    expect(stderr).toMatch(/No such file|Permission denied/);
    expect(code).toBe(1);
  });

  test.each<[string, number, string]>([
    ["sh -c 'exit 7'", 7, ''],
    ["sh -c 'kill -9 $$'", 247, ''],
    ["sh -c 'kill -SEGV $$'", 245, ''],
    ['nosuchcmd x', 1, 'run_student: nosuchcmd: command not found\n'],
    ['/etc/passwd', 1, 'run_student: /etc/passwd: Permission denied\n'],
    ["echo 'a", 1, "run_student: No closing quotation in: echo 'a\n"],
  ])('%s ends with %d', async (command, code, stderr) => {
    expect(await ran(command)).toMatchObject({ code, stderr, ended: 'exit' });
  });

  test.each(['', ' \t'])('that is empty (%j) is refused', async (command) => {
    const stderr = 'run_student: the command is empty; name a program.\n';
    expect(await ran(command)).toMatchObject({ code: 254, stdout: '', stderr });
  });

  test('whose folder does not exist here is refused', async () => {
    const { code, stderr } = await ran('true', { workingDir: '/task/other' });
    expect([code, stderr]).toEqual([254, 'run_student: /task/other: No such file or directory\n']);
  });

  test('reads what it is sent, to the end', async () => {
    const data = ['hello ', 'world'];
    expect(await ran('tr a-z A-Z', {}, { data, close: true })).toMatchObject({
      stdout: 'HELLO WORLD',
      code: 0,
    });
  });

  test('can close its input early', async () => {
    const data = [Buffer.alloc(200_000), Buffer.alloc(200_000)];
    expect(await ran("sh -c 'exec <&-; sleep 0.1; echo fine'", {}, { data })).toMatchObject({
      stdout: 'fine\n',
    });
  });

  test('that leaves megabytes of its input unread is ended', async () => {
    const data = Array.from({ length: 100 }, () => Buffer.alloc(100_000));
    const { code, stderr } = await ran('sleep 60', {}, { data });
    expect(code).toBe(254);
    expect(stderr).toContain('does not read its input');
  });

  test('writes stderr into stdout in the order of its words when both go to one place', async () => {
    const { stdout, stderr } = await ran("sh -c 'echo 1; echo 2 >&2; echo 3'", { mergeStderr: true });
    expect([stdout, stderr]).toEqual(['1\n2\n3\n', '']);
  });

  test('waits while its output is not taken, and goes on when it is taken', async () => {
    await using slot = await makeSlot();
    await using agent = startAgent('student', slot, false);
    const printed = () => agent.printed(STDOUT).length;
    agent.send({ ...aCommand, command: "bash -c 'head -c 850000 /dev/zero; echo said >&2'" });
    await agent.until('a window', () => printed() >= WINDOW || undefined);
    expect(printed()).toBe(WINDOW);
    const take = () => agent.send({ type: 'output-taken', channel: 0, stream: STDOUT, bytes: WINDOW });
    take();
    await agent.until('another one', () => printed() >= 2 * WINDOW || undefined);
    expect([printed(), agent.printed(STDERR)]).toEqual([2 * WINDOW, '']);
    take();
    // What is left fits into the pipe and a window: the program ends, and the rest comes at once.
    await agent.message('exit');
    expect([printed(), agent.printed(STDERR)]).toEqual([850_000, 'said\n']);
  });

  test('that ended leaves no output behind that its reader did not ask for yet', async () => {
    await using slot = await makeSlot();
    await using agent = startAgent('student', slot, false);
    agent.send({ ...aCommand, command: "bash -c 'head -c 300000 /dev/zero; head -c 300000 /dev/zero >&2'" });
    await agent.message('exit');
    expect([agent.printed(STDOUT).length, agent.printed(STDERR).length]).toEqual([300_000, 300_000]);
  });

  test('gets the signals meant for it', async () => {
    await using slot = await makeSlot();
    await using agent = startAgent('student', slot);
    agent.send({
      ...aCommand,
      command: `sh -c 'trap "echo got; exit 3" USR1; echo on; while :; do sleep 0.05; done'`,
    });
    await agent.until('output', () => agent.printed(STDOUT) || undefined);
    agent.send({ type: 'signal', channel: 0, signal: 10 });
    expect((await agent.message('exit')).code).toBe(3);
    expect(agent.printed(STDOUT)).toBe('on\ngot\n');
  });

  test('that prints too much is ended', async () => {
    const { code, ended, stdout } = await ran('yes', { outputBytes: 50_000 });
    expect({ code, ended, length: stdout.length }).toEqual({
      code: 247,
      ended: 'output-limit',
      length: 50_000,
    });
  });

  test('leaves no process behind that could delay its end', async () => {
    const before = Date.now();
    const { stdout } = await ran(
      `sh -c 'setsid sleep 60 & (setsid sh -c "sleep 60; echo late" &) ; echo end'`,
    );
    expect(stdout).toBe('end\n');
    expect(Date.now() - before).toBeLessThan(8000);
  });

  test('is followed by its teardown, whatever became of it, and keeps its own status', async () => {
    const { code, stdout } = await ran("sh -c 'kill -9 $$'", { teardown: "sh -c 'echo bye; exit 5'" });
    expect([code, stdout]).toEqual([247, 'bye\n']);
    const broken = await ran("sh -c 'exit 4'", { teardown: 'nosuchcmd' });
    expect(broken.code).toBe(4);
    expect(broken.stderr).toContain('teardown');
  });
});

test('the end of its input ends the agent while a command runs', async () => {
  await using slot = await makeSlot();
  const agent = startAgent('student', slot);
  agent.send({ ...aCommand, command: "sh -c 'echo on; sleep 60'" });
  await agent.until('output', () => agent.printed(STDOUT) || undefined);
  const before = Date.now();
  agent.hangUp();
  await agent.exit();
  expect(Date.now() - before).toBeLessThan(2000);
});

test('a student can write only to its folder and to /tmp', async () => {
  const { stdout } = await ran(
    "sh -c 'for d in / /task /opt /opt/gradeport /etc /tmp .; do touch $d/x 2>&- && echo $d; done'",
  );
  expect(stdout).toBe('/tmp\n.\n');
});
