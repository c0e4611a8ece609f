/** The first process of a grading container: what it starts, what it lets through, and what it survives. */
import { chown, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { STDOUT } from '../../../grading-api/protocol.ts';
import { aStart, bash, grade, graded, startAgent } from '../../support/grading-api/agent.ts';
import { makeSlot, type TaskFile } from '../../support/grading-api/container.ts';

describe('the grader', () => {
  test('run.sh is run by bash and its feedback is the result', async () => {
    const { result } = await graded({ 'run.sh': 'feedback-result success; feedback-grade 73.5' });
    expect(result).toMatchObject({
      feedback: { result: 'success', grade: 73.5 },
      problem: null,
      ended: 'exit',
      exitCode: 0,
    });
  });

  test('is uid 4242 without other groups, at /task, with the API first and nothing to read', async () => {
    const { stdout } = await graded({
      run: bash(
        'id -u; id -G; pwd; echo $HOME; echo $PATH; echo $PYTHONPATH; cat; umask; ulimit -c; echo $PPID',
      ),
    });
    const [uid, groups, folder, home, path, python, mask, core, parent] = stdout.split('\n');
    expect([uid, groups, folder, home, mask, core, parent]).toEqual([
      '4242',
      '4242',
      '/task',
      '/task',
      '0022',
      '0',
      '1',
    ]);
    expect(path).toMatch(/^\/opt\/gradeport\/commands:\//);
    expect(python).toBe('/opt/gradeport/python');
  });

  test('is root where the environment asks for it', async () => {
    const { stdout } = await graded({ run: bash('id -u; feedback-result success') }, { runAsRoot: true });
    expect(stdout).toBe('0\n');
  });

  test('can be the command of the task', async () => {
    const { stdout } = await graded({ 'check.sh': 'echo $1' }, { command: ['sh', 'check.sh', 'x y'] });
    expect(stdout).toBe('x y\n');
  });

  test.each([
    ['of no student in particular', 0],
    ['of somebody else, who alone could change it', 1234],
  ])('runs without the x permission: a file %s', async (_, owner) => {
    await using slot = await makeSlot({ run: { content: bash('echo ran $0'), mode: 0o644 } });
    await chown(join(slot.root, 'task/run'), owner, owner);
    expect((await grade(slot)).stdout).toBe('ran /task/run\n');
  });

  test.each([
    [
      '#!/sbin/of-another-image/python3',
      'from inginious import input; print(input.get_input("q1"))',
      'print(1)',
    ],
    ['#!/sbin/of-another-image/python3 -u', 'import sys; print(sys.argv)', "['/task/run']"],
    ['#!/sbin/of-another-image/inginious-ipython', 'print(get_username())', 'alice'],
    ['#!/sbin/of-another-image/bash', 'echo $0', '/task/run'],
  ])('whose interpreter is elsewhere in this image runs: %s', async (first, script, printed) => {
    expect((await graded({ run: `${first}\n${script}\n` })).stdout).toBe(`${printed}\n`);
  });

  test.each<[string, Record<string, TaskFile | string>, string]>([
    ['there is none', {}, 'The task has no grader: none of run, run.py, run.py3, run.sh is in the task'],
    ['of Windows line ends', { run: '#!/bin/bash\r\ntrue\r\n' }, '/task/run has Windows line ends'],
    ['run.sh has them', { 'run.sh': 'feedback-result success\r\n' }, '/task/run.sh has Windows line ends'],
    [
      'it has a byte order mark',
      { run: '\uFEFF#!/bin/bash\ntrue\n' },
      '/task/run begins with a byte order mark',
    ],
    ['run.sh has one', { 'run.sh': '\uFEFFtrue\n' }, '/task/run.sh begins with a byte order mark'],
    [
      'its interpreter is missing',
      { run: '#!/usr/bin/nope -x\n' },
      '/task/run asks for /usr/bin/nope in its first line',
    ],
    [
      'it has no first line',
      { run: 'echo hi\n' },
      '/task/run cannot be run: it is not a program and has no "#!" line',
    ],
  ])('that cannot be started because %s is a sentence', async (_, files, sentence) => {
    const { result } = await graded(files);
    expect(result).toMatchObject({ feedback: null, exitCode: null });
    expect(result.problem).toContain(sentence);
  });

  test.each(['\uFEFFprint(7)\n', 'print(7)\r\n', '\uFEFFprint(7)\r\n'])(
    'in Python runs with what editors do not show: %j',
    async (source) => {
      expect((await graded({ 'run.py': source })).stdout).toBe('7\n');
    },
  );

  test.each(['run.py', 'run'])('that fails shows the trace of its own lines only: %s', async (name) => {
    const { stderr } = await graded({ [name]: '#!/usr/bin/python3\n\nraise KeyError("boom")\n' });
    expect(stderr).toMatch(
      /^Traceback \(most recent call last\):\n {2}File "\/task\/run(\.py)?", line 3, in <module>\n.*\nKeyError: 'boom'\n$/,
    );
  });

  test('that is a link out of the task is a sentence', async () => {
    await using slot = await makeSlot();
    await symlink('../other/run', join(slot.root, 'task/run'));
    const { result } = await grade(slot);
    expect(result.problem).toContain(
      '/task/run is a link to ../other/run, which leads nowhere: only the task',
    );
  });

  test('finds the answer and the uploaded files where INGInious puts them', async () => {
    const upload = Buffer.from([0, 255, 10]);
    const { stdout, result } = await graded(
      { run: bash('cat /.__input/__inputdata.json; stat -c %a /.__input/* >&2; getinput f | feedback-msg') },
      {
        input: {
          q1: 'é',
          f: { filename: 'a.bin', value: upload.toString('base64') },
          g: { filename: 1, value: 2 },
        },
        files: ['f'],
        debug: true,
        command: ['/task/run'],
      },
    );
    expect(JSON.parse(stdout)).toEqual({
      type: 'start',
      input: {
        q1: 'é',
        f: { filename: 'a.bin', value: '/.__input/__inputfile_0' },
        g: { filename: 1, value: 2 },
      },
      debug: true,
      envtypes: { docker: true },
      run_as_root: false,
      shared_kernel: true,
      run_cmd: '/task/run',
    });
    expect((result.feedback as { text: string }).text).toBe('\0\ufffd\n');
  });

  test('cannot end, read or stop its agent', async () => {
    const { result, stdout } = await graded({
      run: bash(
        'kill -9 1; kill -STOP 1; kill -TERM 1; ls /proc/1/fd/ 2>&1; cat /proc/1/mem 2>&1 | head -c 9; ' +
          'echo x > /proc/1/fd/1; echo still; feedback-result success',
      ),
    });
    expect(stdout).toContain('still');
    expect(result.feedback).toEqual({ result: 'success' });
  });

  test('can open /dev/stdout and /dev/stderr, as scripts do', async () => {
    const { stdout, stderr } = await graded({ run: bash('echo a > /dev/stdout; echo b | tee /dev/stderr') });
    expect([stdout, stderr]).toEqual(['a\nb\n', 'b\n']);
  });

  test('ends a pipe as anywhere else: the agent leaves SIGPIPE as it is', async () => {
    const { stdout } = await graded({ run: bash('yes | head -1; echo $PIPESTATUS') });
    expect(stdout).toBe('y\n141\n');
  });
});

describe('while the grader runs', () => {
  test('its output and its feedback are seen', async () => {
    await using slot = await makeSlot({
      run: bash(
        'echo first; feedback-result success; while [ ! -e go ]; do sleep 0.02; done; ' +
          'echo \'{"text":"by hand"}\' > /.__output/__feedback.json; while [ ! -e end ]; do sleep 0.02; done',
      ),
    });
    await using agent = startAgent('grading', slot);
    agent.send(aStart);
    expect(await agent.message('feedback')).toMatchObject({ feedback: { result: 'success' } });
    await agent.until('output', () => (agent.printed(STDOUT) === 'first\n' ? true : undefined));
    await writeFile(join(slot.root, 'task/go'), '');
    expect(await agent.message('feedback', 1)).toMatchObject({ feedback: { text: 'by hand' } });
    await writeFile(join(slot.root, 'task/end'), '');
    expect((await agent.message('result')).feedback).toEqual({ text: 'by hand' });
  });

  test('a flood of feedback is thinned out, and its last state arrives', async () => {
    const script = [
      '#!/usr/bin/env python3',
      'from inginious import feedback',
      'import time',
      'for n in range(400): feedback.set_grade(n); time.sleep(0.001)',
      'time.sleep(0.2)',
    ];
    const { agent } = await graded({ run: script.join('\n') });
    const seen = agent.messages.flatMap((one) => (one.type === 'feedback' ? [one.feedback] : []));
    expect(seen.length).toBeLessThan(60);
    expect(seen.at(-1)).toEqual({ grade: 399 });
  });

  test('the end of its input ends the agent and everything it started', async () => {
    await using slot = await makeSlot({ run: bash('echo on; setsid sleep 60 & sleep 60') });
    const agent = startAgent('grading', slot);
    agent.send(aStart);
    await agent.until('output', () => agent.printed(STDOUT) || undefined);
    const before = Date.now();
    agent.hangUp();
    expect(await agent.exit()).not.toBe(0);
    expect(Date.now() - before).toBeLessThan(2000);
    expect(agent.messages.map((one) => one.type)).toEqual(['ready']);
  });
});

describe('a grader that prints too much', () => {
  test('is ended, and what it said before counts', async () => {
    const { result, stdout } = await graded(
      { run: bash('feedback-result failed; feedback-msg -m half; (setsid yes &) ; yes >&2') },
      { outputBytes: 100_000 },
    );
    expect(result).toMatchObject({
      ended: 'output-limit',
      exitCode: 256 - 9,
      feedback: { result: 'failed', text: 'half' },
    });
    expect(result.outputBytes).toBeGreaterThan(100_000);
    expect(stdout.length).toBeLessThanOrEqual(100_000);
  });

  test('waits for a worker that does not read', async () => {
    const prints = [
      'from inginious_container_api import feedback; import os',
      'with open("student/pieces", "wb", buffering=0) as pieces:',
      '    for _ in range(4000): pieces.write(os.write(1, bytes(10000)) // 10000 * b".")',
      'feedback.set_global_result("success")',
    ];
    await using slot = await makeSlot({ 'run.py': prints.join('\n') });
    await using agent = startAgent('grading', slot);
    await agent.message('ready');
    agent.stdout.pause();
    agent.send({ ...aStart, outputBytes: 50_000_000 });
    let before = 0;
    const getsNoFurther = async () => {
      const { size } = await stat(join(slot.root, 'student/pieces')).catch(() => ({ size: 0 }));
      const stands = size > 0 && size === before;
      before = size;
      return stands;
    };
    await expect.poll(getsNoFurther, { interval: 100, timeout: 10_000 }).toBe(true);
    expect(before).toBeLessThan(4000);
    agent.stdout.resume();
    expect(await agent.message('result')).toMatchObject({ ended: 'exit', outputBytes: 40_000_000 });
    expect(agent.printed(STDOUT).length).toBe(40_000_000);
  });
});

test('processes left behind by the grader, even with its output open, do not delay the result', async () => {
  const before = Date.now();
  const { result, stdout } = await graded({
    run: bash(
      'for i in 1 2 3; do setsid sh -c "trap \'\' TERM HUP; sleep 60" & done; feedback-result success; echo end',
    ),
  });
  expect(result.feedback).toEqual({ result: 'success' });
  expect(stdout).toBe('end\n');
  expect(Date.now() - before).toBeLessThan(8000);
});

describe('a worker that speaks nonsense', () => {
  test.each([
    ['a frame without end', Buffer.from([255, 255, 255, 255, 0])],
    ['a frame of an unknown kind', Buffer.from([0, 0, 0, 2, 9, 9])],
    ['a message that is no JSON', Buffer.from([0, 0, 0, 3, 0, 0x7b, 0x7b])],
  ])('with %s ends the agent', async (_, bytes) => {
    await using slot = await makeSlot();
    const agent = startAgent('grading', slot);
    await agent.message('ready');
    agent.sendRaw(bytes);
    await agent.exit();
    expect(agent.complaints()).toContain('Gradeport: the worker sent');
  });
});

test('the size of the student folder is said when ready', async () => {
  await using slot = await makeSlot();
  await using agent = startAgent('grading', slot);
  expect((await agent.message('ready')).studentBytes).toBeGreaterThan(0);
});

test('an agent asked for no role it knows says how it is called', async () => {
  await using slot = await makeSlot();
  const agent = startAgent('neither' as 'grading', slot);
  await agent.exit();
  expect(agent.complaints()).toContain('usage: main.py grading|student');
});
