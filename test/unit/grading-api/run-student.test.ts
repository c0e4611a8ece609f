/** run_student from a grader to a student container and back, through a worker that only passes frames on. */
import { describe, expect, test } from 'vitest';
import { type Agent, grade, studentsOf } from '../../support/grading-api/agent.ts';
import { makeSlot } from '../../support/grading-api/container.ts';

const python = (...lines: string[]) =>
  ['#!/usr/bin/env python3', 'from inginious_container_api.run_student import *', ...lines].join('\n');

async function graded(run: string, students?: (agent: Agent) => void) {
  await using slot = await makeSlot({ run });
  return await grade(slot, { outputBytes: 64_000_000 }, students ?? studentsOf(slot));
}

describe('run_student', () => {
  test('asks with everything it was given', async () => {
    const { agent } = await graded(
      '#!/bin/bash\ncd student; run_student --container x --time 1.5 --hard-time 2 --memory 64 --share-network ' +
        "--run-as-root --teardown-script 'rm -r x' echo --time 'a b'",
      (one) => {
        one.onMessage.add((request) => {
          if (request.type === 'run-student')
            one.send({ type: 'student-exit', channel: request.channel, code: 3, how: null });
        });
      },
    );
    expect(agent.messages.find((one) => one.type === 'run-student')).toEqual({
      type: 'run-student',
      channel: 1,
      command: 'echo --time a b',
      environment: 'x',
      time: 1.5,
      hardTime: 2,
      memory: 64,
      shareNetwork: true,
      runAsRoot: true,
      mergeStderr: false,
      workingDir: '/task/student',
      teardown: 'rm -r x',
    });
  });

  test('asks for a terminal with the options of ssh_student, from the command line and from Python', async () => {
    const asked: unknown[] = [];
    const { stdout } = await graded(
      `#!/bin/bash
cd student
ssh_student --container x --time 1.5 --hard-time 2 --memory 64 --run-as-root --setup-script 'a b' --teardown-script c
echo $?
python3 -c 'from inginious_container_api.ssh_student import ssh_student; print(ssh_student("a b", 64, 2, 1.5, "x", True, "c"))'
python3 -c 'from inginious_container_api.run_student import run_student; print(run_student("a b", ssh=True))'
`,
      (one) => {
        one.onMessage.add((request) => {
          if (request.type !== 'run-student') return;
          asked.push(request);
          one.send({ type: 'student-exit', channel: request.channel, code: 253, how: null });
        });
      },
    );
    expect(stdout).toBe('253\n253\n253\n');
    const request = { type: 'run-student', command: 'a b', terminal: true, workingDir: '/task/student' };
    const all = { environment: 'x', time: 1.5, hardTime: 2, memory: 64, runAsRoot: true, teardown: 'c' };
    expect(asked).toEqual([
      expect.objectContaining({ ...request, ...all }),
      expect.objectContaining({ ...request, ...all }),
      expect.objectContaining({ ...request, environment: null, teardown: '' }),
    ]);
  });

  test('moves megabytes both ways without a deadlock', async () => {
    const { stdout } = await graded(
      python(
        'data = bytes(range(256)) * 12000',
        "out, err, code = run_student_simple('tee /dev/stderr', data, text=None, working_dir='/task/student')",
        'print(out == data, err == data, code)',
      ),
    );
    expect(stdout).toBe('True True 0\n');
  });

  test('lets a program read its input late, or not at all', async () => {
    const { stdout } = await graded(
      python(
        "data, place = b'x' * 20_000_000, '/task/student'",
        `print(run_student_simple("bash -c 'sleep 0.5; wc -c'", data, working_dir=place))`,
        `print(run_student_simple("bash -c 'exec <&-; echo closed'", data, working_dir=place))`,
      ),
    );
    expect(stdout).toBe("('20000000\\n', '', 0)\n('closed\\n', '', 0)\n");
  });

  test('does not keep the one that writes its input waiting for ever', async () => {
    const { stdout } = await graded(
      `#!/bin/bash
cd student
{ head -c 20000000 /dev/zero; touch written; } | run_student "bash -c 'exec <&-; until [ -e written ]; do :; done; echo closed'"
`,
    );
    expect(stdout).toBe('closed\n');
  });

  test('hears what was said by an agent that left with input unread', async () => {
    const { stdout } = await graded(
      python(
        'import select, socket, threading, gradeport_frames as frames',
        'from inginious_container_api import student_channel',
        "student_channel.AGENT_SOCKET = '/tmp/leaving'",
        'agent = socket.socket(socket.AF_UNIX); agent.bind("/tmp/leaving"); agent.listen(1)',
        'def leave():',
        '    client, _ = agent.accept()',
        '    client.recv(1)',
        "    client.sendall(frames.bytes_frame(1, 0, b'closed') + frames.json_frame({'type': 'student-exit', 'code': 0}))",
        '    select.select([client], [], []); client.close()  # with unread input: the other side gets ECONNRESET',
        'threading.Thread(target=leave).start()',
        "print(run_student_simple('true', 'x' * 3_000_000))",
      ),
    );
    expect(stdout).toBe("('closed', '', 0)\n");
  });

  test('takes text and gives text, both streams fused if wanted', async () => {
    const { stdout } = await graded(
      python(
        `print(run_student_simple("sh -c 'cat; printf \\\\\\\\377; echo e >&2'", 'é', working_dir='/task/student'))`,
        `print(run_student_simple("sh -c 'echo a; echo b >&2; echo c'", working_dir='/task/student', stdout_err_fuse=True))`,
      ),
    );
    expect(stdout).toBe("('é\ufffd', 'e\\n', 0)\n('a\\nb\\nc\\n', 0)\n");
  });

  test('is a filter like any other: a reader that stops reading ends it', async () => {
    const { stdout } = await graded('#!/bin/bash\ncd student; run_student yes | head -1; echo $PIPESTATUS');
    expect(stdout).toBe('y\n243\n');
  });

  test('passes signals on to the command', async () => {
    const { stdout } = await graded(
      python(
        'import os, signal, threading',
        'r, w = os.pipe()',
        'def later(send):',
        '    threading.Thread(target=lambda: (os.read(r, 1), send(signal.SIGTERM))).start()',
        `print(run_student("sh -c 'echo on; sleep 60'", working_dir='/task/student', stdout=w, signal_handler_callback=later))`,
      ),
    );
    expect(stdout).toBe('241\n');
  });

  test('runs several commands at once', async () => {
    const { stdout } = await graded(
      '#!/bin/bash\ncd student; for i in 1 2 3; do (echo $i | run_student cat > o$i) & done; wait; cat o1 o2 o3',
    );
    expect(stdout).toBe('1\n2\n3\n');
  });

  test('that is killed takes its student run along', async () => {
    const { agent } = await graded(
      '#!/bin/bash\ncd student; run_student sleep 60 & sleep 0.5; kill -9 $!; sleep 0.2; feedback-result success',
      () => {},
    );
    const channel = agent.messages.flatMap((one) => (one.type === 'run-student' ? [one.channel] : []))[0];
    expect(agent.messages).toContainEqual({ type: 'signal', channel, signal: 9 });
  });

  test('refuses what no worker would take', async () => {
    const { stdout, agent } = await graded(
      python(
        "print(run_student('x' * 200000))",
        "print(run_student('x', container='y' * 201))",
        "print(run_student('x', time_limit=float('inf')), run_student(7))",
      ),
    );
    expect(stdout).toBe('254\n254\n254 254\n');
    expect(agent.messages.map((one) => one.type)).not.toContain('run-student');
  });

  test('says that it is not available where there is no agent to ask', async () => {
    const { stdout } = await graded(
      '#!/bin/bash\ncd student; GRADEPORT_SOCKET=/nope run_student true 2>&1; echo $?',
    );
    expect(stdout).toBe(
      'run_student: student containers are not available (No such file or directory)\n251\n',
    );
  });
});

test('a grader can say anything on the socket: the agent drops it and goes on', async () => {
  const { result, agent } = await graded(
    python(
      'import os, socket, struct, json',
      'def say(data, wait=False):',
      "    s = socket.socket(socket.AF_UNIX); s.connect('/run/gradeport/agent.sock')",
      '    try: s.sendall(data); s.shutdown(socket.SHUT_WR); s.settimeout(5); s.recv(99)',
      '    except OSError: pass',
      "frame = lambda p, kind=0: struct.pack('>IB', len(p) + 1, kind) + p",
      "ask = {'type': 'run-student', 'command': 'x', 'workingDir': '/'}",
      "for junk in [b'', b'\\0', b'GET / HTTP/1.0\\r\\n', frame(b'{'), frame(b'[]'), frame(b'\\xff'), frame(b'[' * 100000),",
      "             frame(b'{\"type\":1}'), frame(b'x', 1), frame(b'x', 7), struct.pack('>I', 0), b'\\xff' * 100,",
      '             frame(json.dumps(dict(ask, time=1e999)).encode()), frame(json.dumps(dict(ask, time=10**999)).encode()),',
      "             frame(json.dumps(dict(ask, command=None)).encode()), frame(json.dumps(dict(ask, command='\\ud83d\\ude00' * 70000)).encode()),",
      '             frame(json.dumps(ask).encode()) + frame(b\'{"type":"signal","signal":true}\'),',
      "             frame(json.dumps(ask).encode()) + frame(b'\\0\\0\\0\\0\\0' + b'x' * 2000000, 1)]:",
      '    say(junk)',
      'many = [socket.socket(socket.AF_UNIX) for _ in range(150)]',
      'for s in many:',
      "    try: s.connect('/run/gradeport/agent.sock')",
      '    except OSError: pass',
      'for s in many: s.close()',
      'import time; time.sleep(0.2)',
      "print(run_student('true', working_dir='/'))",
      'from inginious import feedback',
      "feedback.set_global_result('success')",
    ),
  );
  expect(result.feedback).toEqual({ result: 'success' });
  expect(agent.printed(1)).toBe('0\n');
  for (const one of agent.messages)
    if (one.type === 'run-student') expect(one.command.length).toBeLessThan(9);
});
