/** Commands that the zygote runs, and graders that the agent forks itself for, are as if Python had been started. */
import { describe, expect, test } from 'vitest';
import { grade } from '../../support/grading-api/agent.ts';
import { makeSlot, type TaskFile } from '../../support/grading-api/container.ts';

async function graded(files: Record<string, TaskFile | string>, start: Parameters<typeof grade>[1] = {}) {
  await using slot = await makeSlot(files);
  return await grade(slot, start);
}
const bash = (...lines: string[]) => ({ run: `#!/bin/bash\n${lines.join('\n')}\n` });

describe('a command', () => {
  test('is really run by the zygote', async () => {
    const { stdout } = await graded(
      bash(
        'feedback-result success',
        'read z < /run/gradeport/zygote',
        'kill -STOP $z',
        '(sleep 0.3; echo waited; kill -CONT $z) &',
        // One fork of it may wait already; the next one must come from it.
        'feedback-msg -m x',
        'feedback-msg -m y',
        'echo done',
      ),
    );
    expect(stdout).toBe('waited\ndone\n');
  });

  test('needs no other program: where its answer comes is laid out before it asks', async () => {
    const alone = 'PATH=/opt/gradeport/commands';
    const { result, stdout } = await graded(
      bash(
        'until ls /run/gradeport | grep -q "^r\\."; do :; done',
        `${alone} feedback-msg -m x; echo $?`,
        // More than were laid out for: the next command makes its own place, which takes mkfifo.
        'for i in $(seq 60); do /bin/true; done',
        'feedback-msg -a -m y; echo $?',
        'ls /run/gradeport | grep -c "^r\\." | { read n; [ "$n" -le 30 ] && echo few; }',
      ),
    );
    expect(stdout).toBe('0\n0\nfew\n');
    expect(result.feedback).toMatchObject({ text: 'xy' });
  });

  test('runs even when a grader kills what waits for it, again and again', async () => {
    const { stdout, result } = await graded(
      bash(
        'read z < /run/gradeport/zygote',
        'gone() { kill -KILL $1; while kill -0 $1 2>/dev/null; do :; done; }',
        'for i in 1 2 3; do for w in $(cat /proc/$z/task/$z/children); do gone $w; done; feedback-msg -m $i; done',
        'gone $z',
        'feedback-msg -a -m " and without it"',
        'echo done',
      ),
    );
    expect(stdout).toBe('done\n');
    expect(result.feedback).toMatchObject({ text: '3 and without it' });
  });

  test('takes its words, its stdin, its folder and its environment, and gives its status', async () => {
    const { result, stdout } = await graded(
      bash(
        "printf ' two\\n' | feedback-msg -a",
        'feedback-msg -a -m $\'a b\\n"c" é\'',
        'mkdir sub; cd sub; printf "x=@@q1@@" > t; parsetemplate t; cat t; echo',
        'getinput nothing 2>/dev/null; echo "status $?"',
        'feedback-grade 2>/dev/null; echo "usage $?"',
        'x=$(getinput q1); echo "[$x]"',
      ),
      { input: { q1: 'answer' } },
    );
    expect(result.feedback).toMatchObject({ text: ' two\na b\n"c" é' });
    expect(stdout).toBe('x=answer\nstatus 1\nusage 2\n[answer]\n');
  });

  test('writes into a file where the shell left off', async () => {
    const { stdout } = await graded(
      bash(
        '{ echo head; rst-code -c "x = 1"; echo tail; } > out.txt',
        'head -1 out.txt; tail -1 out.txt',
        'printf "one\\ntwo\\n" > in.txt',
        '{ read first; feedback-msg; } < in.txt',
      ),
    );
    expect(stdout).toBe('head\ntail\n');
  });

  test('reads the rest of a file that the shell has begun to read', async () => {
    const { result } = await graded(
      bash('printf "one\\ntwo\\n" > in.txt', '{ read first; feedback-msg; } < in.txt'),
    );
    expect(result.feedback).toMatchObject({ text: 'two\n' });
  });

  test('works without the zygote, too', async () => {
    const { result, stdout } = await graded(
      bash(
        'read z < /run/gradeport/zygote; kill -9 $z',
        'while kill -0 $z 2>/dev/null; do :; done',
        'feedback-result success; feedback-msg -m "by itself"; echo "status $?"',
      ),
    );
    expect(result.feedback).toEqual({ result: 'success', text: 'by itself' });
    expect(stdout).toBe('status 0\n');
  });
});

describe('a Python grader', () => {
  const files = (line: string, ...lines: string[]) => ({ run: [line, ...lines].join('\n') });

  test('has nothing of the agent: no descriptor but its three, not its rights, not its modules’ names', async () => {
    const { stdout } = await graded(
      files(
        '#!/usr/bin/env python3',
        'import os, sys',
        // The listing itself needs a descriptor, 3.
        "print(sorted(os.listdir('/proc/self/fd')), os.getuid(), os.getgroups(), __name__, __file__, sys.argv)",
        "print([name for name in globals() if not name.startswith('__')])",
      ),
    );
    expect(stdout).toBe("['0', '1', '2', '3'] 4242 [] __main__ /task/run ['/task/run']\n['os', 'sys']\n");
  });

  test('ends as Python does: status, traceback, exit handlers, threads', async () => {
    const { result, stdout, stderr } = await graded(
      files(
        '#!/usr/bin/env python3',
        'import atexit, threading, time',
        "atexit.register(lambda: print('at exit'))",
        "threading.Thread(target=lambda: (time.sleep(0.2), print('thread'))).start()",
        "raise ValueError('gone')",
      ),
    );
    expect(result.exitCode).toBe(1);
    expect(stdout).toBe('thread\nat exit\n');
    expect(stderr).toContain('ValueError: gone');
  });

  test('sees site-packages, PYTHONPATH and its own folder, as a started Python would', async () => {
    const { stdout } = await graded({
      run: '#!/usr/bin/env python3\nimport helper, sys, inginious\nprint(helper.VALUE, any("dist-packages" in p or "site-packages" in p for p in sys.path), sys.path[0])\n',
      'helper.py': 'VALUE = 42\n',
    });
    expect(stdout).toBe('42 True /task\n');
  });

  test('that wants another Python gets it', async () => {
    const { stdout } = await graded({
      run: '#!/usr/bin/env -S python3 -I\nimport sys\nprint(sys.flags.isolated)\n',
    });
    expect(stdout).toBe('1\n');
  });
});
