/** Every way a run can end, on every runtime, in the grading container and in a student container. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openClient } from '../../server/adapters/docker/client.ts';
import { openTestGrader, type TestGrader } from '../support/grade.ts';
import { onceInCi } from '../support/runtimes-here.ts';
import { importImage } from '../support/tiny-image.ts';

let grader: TestGrader;
const docker = openClient();
/** An environment whose image holds nothing but one file. */
const LACKING = `lacking-${process.pid}`;
beforeAll(async () => {
  await importImage(`gradeport-test/${LACKING}`, { 'org.gradeport.grading.name': LACKING });
  grader = await openTestGrader();
});
afterAll(async () => {
  await grader.close();
  await docker.getImage(`gradeport-test/${LACKING}`).remove();
});

const run = (lines: string) => ({ run: `#!/bin/bash\n${lines}\n` });
/** A grader that runs the answer in a student container and says failed unless it ends well. */
const STUDENT = run(`
getinput q1 > student/answer.py
feedback-msg -m "before the end"
run_student "python3 answer.py" > out.txt
code=$?
echo "code $code"
feedback-msg -a -m " code $code"
if [ $code = 0 ]; then feedback-result success; else feedback-result failed; fi
`);
STUDENT.run = STUDENT.run.replace(
  'run_student "python3 answer.py"',
  'cd student; run_student "python3 answer.py"',
);

const HOG = 'blocks = []\nwhile True: blocks.append(bytearray(8 << 20))';
const BOMB = 'import os\nwhile True:\n  try: os.fork()\n  except OSError: pass';
const FILL = `
try:
  with open("/task/student/big", "wb") as big:
    while True: big.write(b"x" * (1 << 16)); big.flush()
except OSError: pass
raise SystemExit(3)`;
const FLOOD = 'while True: print("x" * 1000)';

describe.each(onceInCi('runc', 'crun', 'runsc'))('on %s', (runtime) => {
  test('a right answer is a success, a wrong one fails, each with its grade', async () => {
    const right = await grader.grade({ files: STUDENT }, { runtime, answers: { q1: 'print(1)' } });
    expect(right).toMatchObject({ verdict: 'success', result: 'success', grade: 100 });
    const wrong = await grader.grade({ files: STUDENT }, { runtime, answers: { q1: 'raise SystemExit(7)' } });
    expect(wrong).toMatchObject({ verdict: 'failed', result: 'failed', grade: 0 });
    expect(wrong.report.text).toBe('before the end code 7');
  });

  test('a student program that never ends is out of time, by processor time', async () => {
    // The limit is the student program's alone: under gVisor the grader itself uses up to a second.
    const files = { run: STUDENT.run.replace('run_student', 'run_student --time 1') };
    const outcome = await grader.grade(
      { files, limits: { time: 10, hard_time: 40 } },
      { runtime, answers: { q1: 'while True: pass' } },
    );
    expect(outcome).toMatchObject({ verdict: 'timeout', result: 'failed' });
    expect(outcome.summary).toContain('1 s of processor time');
    expect(outcome.report.text).toContain('code 253');
  });

  test('a student program that sleeps for ever is out of time, by the clock', async () => {
    const files = run(
      'echo "import time; time.sleep(99)" > student/s.py; cd student; run_student --hard-time 1 "python3 s.py"; feedback-result failed; feedback-msg -m "code $?"',
    );
    const outcome = await grader.grade({ files }, { runtime });
    expect(outcome).toMatchObject({ verdict: 'timeout' });
    expect(outcome.summary).toContain('longer than 1 s');
  });

  test('a student program that takes all memory is out of memory', async () => {
    const outcome = await grader.grade({ files: STUDENT }, { runtime, answers: { q1: HOG } });
    expect(outcome).toMatchObject({ verdict: 'out-of-memory', result: 'failed' });
    expect(outcome.report.text).toContain('code 252');
  });

  test('a student program that fills its folder has a full disk', async () => {
    const outcome = await grader.grade(
      { files: STUDENT, limits: { disk: 8 } },
      { runtime, answers: { q1: FILL } },
    );
    expect(outcome).toMatchObject({ verdict: 'disk-full', result: 'failed' });
  });

  test('a student program that prints for ever hits the output limit', async () => {
    const outcome = await grader.grade({ files: STUDENT }, { runtime, answers: { q1: FLOOD } });
    expect(outcome).toMatchObject({ verdict: 'output-limit', result: 'failed' });
  });

  test('a grader that never ends is out of time and its feedback is kept', async () => {
    const files = run('feedback-msg -m "so far"; while :; do :; done');
    const outcome = await grader.grade({ files, limits: { time: 3 } }, { runtime });
    expect(outcome).toMatchObject({ verdict: 'timeout', result: 'timeout', grade: 0 });
    expect(outcome.report.text).toBe('so far');
  });

  test('a grader that takes all memory is out of memory', async () => {
    const files = run(
      `python3 -c '${HOG.replaceAll('\n', ';').replace(';while True: ', '\nwhile True: ')}'; feedback-result success`,
    );
    const outcome = await grader.grade({ files }, { runtime });
    expect(outcome).toMatchObject({ verdict: 'out-of-memory', result: 'overflow' });
  });

  test('a grader that prints for ever hits the output limit', async () => {
    const outcome = await grader.grade({ files: run('feedback-msg -m "so far"; yes') }, { runtime });
    expect(outcome).toMatchObject({ verdict: 'output-limit', result: 'overflow' });
    expect(outcome.report.text).toBe('so far');
  });

  test('a grader that says nothing has crashed, and the teacher sees it', async () => {
    const outcome = await grader.grade({ files: run('exit 3') }, { runtime });
    expect(outcome).toMatchObject({ verdict: 'crashed', result: 'crash', grade: 0 });
    expect(outcome.details).toContain('3');
  });

  test('a malformed report is a crash that names the field', async () => {
    const files = run('echo \'{"grade": "many", "result": "success"}\' > /.__output/__feedback.json');
    const outcome = await grader.grade({ files }, { runtime });
    expect(outcome).toMatchObject({ verdict: 'crashed' });
    expect(outcome.details).toContain('grade');
  });

  test('a person can stop it', async () => {
    const stop = new AbortController();
    const outcome = await grader.grade(
      { files: run('echo begun; sleep 99') },
      { runtime, signal: stop.signal, onEvent: (event) => event.type === 'output' && stop.abort() },
    );
    expect(outcome).toMatchObject({ verdict: 'killed', result: 'killed' });
  });
});

describe.each(['runc', 'crun'])('on a shared kernel (%s)', (runtime) => {
  test('a student program that forks for ever hits the process limit', async () => {
    const outcome = await grader.grade(
      { files: STUDENT, limits: { pids: 32 } },
      { runtime, answers: { q1: BOMB } },
    );
    expect(outcome).toMatchObject({ verdict: 'process-limit', result: 'failed' });
  });
});

test('output arrives while the grader runs, before the verdict', async () => {
  const seen: string[] = [];
  const files = run(
    'echo one; feedback-msg -m "half way"; read < <(sleep 0.3); echo two; feedback-result success',
  );
  const outcome = await grader.grade(
    { files },
    { onEvent: (event) => seen.push(event.type === 'output' ? event.text.trim() : event.type) },
  );
  expect(seen.slice(0, 3)).toEqual(['starting', 'started', 'one']);
  expect(seen.indexOf('feedback')).toBeGreaterThan(seen.indexOf('one'));
  expect(seen.indexOf('feedback')).toBeLessThan(seen.indexOf('two'));
  expect(outcome.output.head).toBe('one\ntwo\n');
});

test('a character that arrives in two pieces is shown whole', async () => {
  let text = '';
  const files = run(`printf 'caf\\303'; read -t 0.2 < <(sleep 9); printf '\\251'; feedback-result success`);
  await grader.grade(
    { files },
    {
      onEvent: (event) => {
        if (event.type === 'output') text += event.text;
      },
    },
  );
  expect(text).toBe('café');
});

test('a student program that outlives the grader’s clock is named, and the grader may still say its word', async () => {
  const files = run(`cd student; echo 'import time; time.sleep(60)' > s.py
run_student "python3 s.py"; code=$?; feedback-result failed; feedback-msg -m "code $code"`);
  const outcome = await grader.grade({ files, limits: { time: 5, hard_time: 2 } });
  expect(outcome).toMatchObject({ verdict: 'timeout', result: 'failed' });
  expect(outcome.summary).toMatch(/^Your program took longer than/);
  expect(outcome.report.text).toBe('code 253');
});

test('an image that cannot start our agent is refused at once, with what it lacks', async () => {
  const refused = grader.grade({ files: run('true'), environment: LACKING });
  await expect(refused).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('/bin/sh'),
  });
});
