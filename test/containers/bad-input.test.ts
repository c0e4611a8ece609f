/** What graders and task folders get wrong: graded as INGInious does where that is sane, else said to the teacher. */
import { chmodSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Outcome } from '../../server/model/collections.ts';
import { openTestGrader, type TestGrader, type TestTask } from '../support/grade.ts';

let grader: TestGrader;
beforeAll(async () => {
  grader = await openTestGrader();
});
afterAll(() => grader.close());

const bash = (script: string): TestTask => ({ files: { run: `#!/bin/bash\n${script}\n` } });
const said = (json: string): TestTask => bash(`cat > /.__output/__feedback.json <<'EOF'\n${json}\nEOF`);
const crash = (details: RegExp) => ({
  verdict: 'crashed',
  result: 'crash',
  grade: 0,
  details: expect.stringMatching(details),
});

const CASES: [string, TestTask, Record<keyof Outcome, unknown> | object][] = [
  [
    'a grade that is a whole number, or beyond 100, is a grade',
    said('{"result": "failed", "grade": 142}'),
    { verdict: 'failed', grade: 142 },
  ],
  ['an unknown key is named', said('{"result": "success", "score": 5}'), crash(/"score"/)],
  [
    'what INGInious itself adds to the file is no unknown key',
    said('{"result": "success", "stdout": "", "stderr": "", "archive": ""}'),
    { verdict: 'success', grade: 100 },
  ],
  [
    'an unknown result word is kept, and is no success',
    bash('feedback-result banana; feedback-grade 10'),
    { verdict: 'crashed', result: 'banana', grade: 10 },
  ],
  [
    'feedback that is not UTF-8 is named by its place',
    bash(`printf '{"text": "\\\\n\\377"}' > /.__output/__feedback.json`),
    crash(/not UTF-8: line 1, byte 13/),
  ],
  [
    'an answer of 1 MB reaches the grader',
    bash('[ "$(getinput big | wc -c)" = 1000000 ] && feedback-result success'),
    { verdict: 'success' },
  ],
  [
    'a grader without a first line is no program',
    { files: { run: 'feedback-result success\n' } },
    crash(/no "#!" line/),
  ],
  [
    'a grader without the x permission runs',
    { ...bash('feedback-result success'), prepare: (folder) => chmodSync(join(folder, 'run'), 0o644) },
    { verdict: 'success' },
  ],
  [
    'a grader with Windows line ends is named',
    { files: { run: '#!/bin/bash\r\nfeedback-result success\r\n' } },
    crash(/Windows line ends/),
  ],
  [
    'links in the task are links: inside they lead on, outside to nothing',
    {
      files: { run: '#!/bin/bash\ncat inside; cat outside 2>&1; feedback-result success\n', real: 'here\n' },
      prepare(folder) {
        symlinkSync('real', join(folder, 'inside'));
        symlinkSync('../../etc/shadow-of-the-host', join(folder, 'outside'));
      },
    },
    {
      verdict: 'success',
      output: { head: 'here\ncat: outside: No such file or directory\n', tail: '', omittedBytes: 0 },
    },
  ],
  [
    'a grader that is a link out of its task is named',
    { files: { readme: '' }, prepare: (folder) => symlinkSync('../elsewhere/run', join(folder, 'run')) },
    crash(/\/task\/run is a link to \.\.\/elsewhere\/run, which leads nowhere/),
  ],
  ['a task without a grader says so', { files: { readme: '' } }, crash(/The task has no grader/)],
  [
    'a message with escapes of every kind is kept',
    bash('feedback-result success; feedback-msg -e -m "\\u00e9 é \\xe9 \\d"'),
    { verdict: 'success', report: { text: 'é é é \\d' } },
  ],
  [
    'a student program may leave megabytes of its input unread for a while',
    bash(
      'cd student; feedback-msg -m "$(head -c 12000000 /dev/zero | run_student "bash -c \'sleep 1; wc -c\'")"; feedback-result success',
    ),
    { verdict: 'success', report: { text: '12000000' } },
  ],
  [
    'a student program may say more than a pipe holds',
    {
      files: {
        'run.py':
          'out, err, code = run_student_simple("cat", "x" * 300000, working_dir="/task/student")\n' +
          'set_global_result("success" if (len(out), err, code) == (300000, "", 0) else "failed")\n',
      },
    },
    { verdict: 'success' },
  ],
];

describe.each(['runc', 'runsc'])('on %s', (runtime) => {
  test.concurrent.each(CASES)('%s', async (_, task, expected) => {
    const outcome = await grader.grade(task, { runtime, answers: { big: 'x'.repeat(1_000_000) } });
    expect(outcome).toMatchObject(expected);
  });

  test.concurrent.each([
    [900_000, { result: 'success', length: 900_000, details: '' }],
    [8_000_000, { result: 'crash', length: 0, details: "The grader's feedback is larger than 1 MiB." }],
    [30_000_000, { result: 'crash', length: 0, details: "The grader's feedback is larger than 1 MiB." }],
  ])('a feedback of %i bytes is delivered whole, or is too large', async (bytes, expected) => {
    const script = `head -c ${bytes} /dev/zero | tr '\\0' x | feedback-msg; feedback-result success`;
    const { result, report, details } = await grader.grade(
      { ...bash(script), limits: { memory: 512, time: 30, hard_time: 60 } },
      { runtime },
    );
    expect({ result, length: report.text.length, details }).toEqual(expected);
  });

  test.concurrent('root for a student is refused at once where the kernel is shared', async () => {
    const task = bash(
      'cd student; run_student --run-as-root id -u; feedback-msg -m $?; feedback-result success',
    );
    const outcome = await grader.grade(task, { runtime });
    expect(outcome.report.text).toBe(runtime === 'runc' ? '251' : '0');
  });
});
