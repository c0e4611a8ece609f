/** How a student's program ended and what it used, as its grader can ask, the same on every runtime. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestGrader, type TestGrader } from '../support/grade.ts';

let grader: TestGrader;
beforeAll(async () => {
  grader = await openTestGrader();
});
afterAll(() => grader.close());

const MIB = 2 ** 20;
const WORK = `import os, sys, time
while time.process_time() < 0.6: pass
kept = bytearray(os.urandom(1)) * (100 << 20)
open("/task/student/kept", "wb").write(bytes(3 << 20))
sys.stdout.write("x" * 5000); sys.stderr.write("y" * 100); sys.stdout.flush(); sys.stderr.flush()
os._exit(int(sys.argv[1]))
`;

const ended = (code: string, exit_status: string, signal: string) => ({
  code,
  status: code,
  exit_status,
  signal,
  limit: '',
});
const overLimit = (code: string, limit: string) => ({
  code,
  status: code,
  exit_status: '',
  signal: '',
  limit,
});
const ENDINGS = [
  ["sh -c 'exit 3'", ended('3', '3', '')],
  ["sh -c 'exit 252'", ended('252', '252', '')],
  ["sh -c 'kill -ILL \\$\\$'", ended('252', '', '4')],
  ["sh -c 'kill -SEGV \\$\\$'", ended('245', '', '11')],
  ["sh -c '(sleep 5) & exit 0'", ended('0', '0', '')],
  ['nosuchcmd', ended('1', '', '')],
  ['', ended('254', '', '')],
  ["--memory 64 |python3 -c 'bytearray(500000000)'", overLimit('252', 'memory')],
  ["--time 1 |python3 -c 'while True: pass'", overLimit('253', 'time')],
  ['--hard-time 1 |sleep 60', overLimit('253', 'hard-time')],
  ['yes', overLimit('252', 'output')],
  ["sh -c 'cat /dev/zero > full'", overLimit('252', 'disk')],
] as const;

type Fields = Record<string, string>;
const fieldsOf = (text: string): Fields =>
  Object.fromEntries(
    text
      .trim()
      .split('\n')
      .map((line) => line.replace('student_', '').split('=') as [string, string]),
  );

describe.each(['runc', 'crun', 'runsc'])('on %s', (runtime) => {
  const printed = async (files: Record<string, string>) => {
    const task = {
      limits: { memory: 256, disk: 8, time: 60, hard_time: 180 },
      files: { ...files, 'student/work.py': WORK },
    };
    return (await grader.grade(task, { runtime })).output.head;
  };
  const shell = (commands: readonly string[]) => {
    const runs = commands.map((one) => {
      const [options, command] = one.includes('|') ? one.split('|') : ['', one];
      return `rm -f full; run_student --report /tmp/how ${options} "${command}" > /dev/null 2>&1
echo "code=$?"; . /tmp/how; [ "$student_status" != "" ] && cat /tmp/how; echo --`;
    });
    return { run: `#!/bin/bash\ncd student\n${runs.join('\n')}\nfeedback-result success\n` };
  };

  test('every ending has its own fields, whatever its exit status is', async () => {
    const all = (await printed(shell(ENDINGS.map(([command]) => command)))).split('--\n').map(fieldsOf);
    for (const [at, [command, wanted]] of ENDINGS.entries())
      expect({ command, ...all[at] }).toMatchObject({ command, ...wanted });
    const of = (limit: string) => all.find((one) => one['limit'] === limit);
    expect(Number(of('time')?.['cpu_seconds'])).toBeGreaterThanOrEqual(0.9);
    expect(Number(of('hard-time')?.['wall_seconds'])).toBeGreaterThanOrEqual(0.99);
    expect(Number(of('output')?.['output_bytes'])).toBeGreaterThan(MIB);
    expect(all.find((one) => one['code'] === '1')).toMatchObject({ cpu_seconds: '', wall_seconds: '' });
  });

  test('the figures are those of the program, in shell and in Python', async () => {
    const inShell = fieldsOf((await printed(shell(['python3 work.py 7']))).replace('--\n', ''));
    const python = `from inginious_container_api import feedback, run_student
import json, pickle
out, err, status = run_student.run_student_simple("python3 work.py 7", working_dir="/task/student")
again = pickle.loads(pickle.dumps(status))
assert (again, again.cpu_seconds) == (status, status.cpu_seconds) and json.dumps(status) == "7" and status == 7
fields = ("exit_status", "signal", "limit", "cpu_seconds", "wall_seconds", "memory_bytes", "output_bytes", "disk_bytes")
print("\\n".join("%s=%s" % (name, getattr(status, name)) for name in fields))
feedback.set_global_result("success")
`;
    const inPython = fieldsOf(await printed({ 'run.py': python }));
    expect(inShell).toMatchObject({ exit_status: '7', signal: '', limit: '', output_bytes: '5100' });
    expect(inPython).toMatchObject({ exit_status: '7', signal: 'None', limit: 'None', output_bytes: '5100' });
    for (const figures of [inShell, inPython]) {
      const number = (name: string) => Number(figures[name]);
      expect(number('cpu_seconds')).toBeGreaterThan(0.5);
      expect(number('cpu_seconds')).toBeLessThan(3);
      expect(number('wall_seconds')).toBeGreaterThanOrEqual(0.5);
      expect(number('memory_bytes')).toBeGreaterThan(100 * MIB);
      expect(number('memory_bytes')).toBeLessThan(140 * MIB);
      expect(number('disk_bytes')).toBeGreaterThanOrEqual(3 * MIB);
      expect(number('disk_bytes')).toBeLessThan(4 * MIB);
    }
  });
});

test('a report goes through no link of the student folder, and one that cannot be written ends the command', async () => {
  const { output } = await grader.grade({
    files: {
      run: `#!/bin/bash
echo kept > /tmp/mine
run_student 'ln -s /tmp/mine /task/student/how'
run_student 'mkdir /task/student/folder'
run_student --report student/how true
cat /tmp/mine
run_student --report student/folder 'echo ran'; echo "code=$?"
feedback-result success
`,
    },
  });
  // Where such a link is removed before the grader goes on, the report is a file in its place.
  expect(output.head).toMatch(/^(run_student: student\/how cannot be written: .+\n)?kept\n/);
  expect(output.head).toMatch(/run_student: student\/folder cannot be written: .+\ncode=2\n$/);
  expect(output.head).not.toContain('ran\n');
});
