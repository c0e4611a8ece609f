/**
 * The grading API against INGInious' own answers: inginious-conformance.json holds run scripts and the result
 * object that INGInious returned for each (measured). What is ours to do differently is listed here, with why.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Agent, grade, studentsOf } from './agent.ts';
import { makeSlot } from './container.ts';

type Result = {
  result: string;
  text: string;
  grade: number;
  problems: Record<string, unknown>;
  tests: Record<string, unknown>;
  custom: Record<string, unknown>;
  state: string;
  stdout: string;
};
type Case = {
  grader?: string;
  script: string;
  files?: Record<string, string>;
  input?: Record<string, unknown>;
  result: Partial<Result>;
};

const cases = JSON.parse(
  readFileSync(new URL('./inginious-conformance.json', import.meta.url), 'utf8'),
) as Record<string, Case>;

const nothing: Omit<Result, 'result'> = {
  text: '',
  grade: 0,
  problems: {},
  tests: {},
  custom: {},
  state: '',
  stdout: '',
};
const answers = {
  '@username': 'alice',
  '@email': 'a@x.org',
  '@lang': 'en',
  '@time': '2025-01-01 10:00:00.000000',
  '@random': [0.42],
  '@state': '',
  '@attempts': '1',
  '@settings': {},
  q1: 'print(1)',
};

/** Limits are the worker's to enforce. */
const byTheWorker = ['timeout', 'overflow'];
/** Feedback that INGInious throws away; the agent passes it on and the server's report schema judges it. */
const judgedByTheServer: Record<string, unknown> = {
  int_grade: { result: 'success', grade: 50 },
  unknown_key: { result: 'success', foo: 1 },
  bad_problem_id: { result: 'success', problems: { 'bad id!': 'x' } },
};
const noFeedback = ['no_feedback', 'corrupt_feedback', 'empty_feedback', 'ipy_exception'];
const needJinja = ['tpl_plain', 'tpl_lang_local', 'tpl_lang_dir', 'tpl_error'];
const ours: Record<string, Partial<Result>> = {
  // INGInious parses -j and forgets it; a documented option that stores nothing helps nobody.
  legacy_custom_json: { custom: { k: [1, 2] } },
  // No `systemfiles`, `scripts` and `__input` litter in our student containers, and a read-only root.
  student_isolation: {
    text:
      'cat: /task/secret.txt: No such file or directory\nstudent\n' +
      "touch: cannot touch '/task/z': Read-only file system\nwrote\n" +
      "ls: cannot access '/.__input': No such file or directory\n" +
      'cat: /.__output/__feedback.json: No such file or directory\nafter: a.sh keep w ',
  },
};

/** INGInious' defaults, which the server applies to a report. */
function completed(feedback: unknown, stdout: string): Result {
  const given = feedback as Partial<Result>;
  const result = given.result ?? 'error';
  const points = given.grade ?? (result === 'success' ? 100 : 0);
  return { ...nothing, ...given, result, grade: Math.round(points * 100) / 100, stdout };
}

/** Lines that hold paths or numbers of one machine. */
function comparable(result: Result): Result {
  const tests = Object.fromEntries(
    Object.entries(result.tests).map(([key, value]) => [
      key.startsWith('*auto-tag-') ? '*auto-tag-' : key,
      value,
    ]),
  );
  return { ...result, tests, text: result.text.replace(/Traceback[\s\S]*?\n(?=\w+Error)/, 'Traceback\n') };
}

async function run(one: Case, students?: (agent: Agent) => void) {
  const grader = one.grader ?? 'run';
  const script = grader === 'run' && !one.script.startsWith('#!') ? `#!/bin/bash\n${one.script}` : one.script;
  await using slot = await makeSlot({ ...one.files, [grader]: script });
  const input: Record<string, unknown> = { ...answers, ...one.input };
  const files = Object.keys(input).filter((key) => key === 'f');
  for (const key of files) {
    const { filename, value } = input[key] as { filename: string; value: string };
    input[key] = { filename, value: Buffer.from(value).toString('base64') };
  }
  return await grade(slot, { input, files }, students ?? studentsOf(slot));
}

const same = Object.keys(cases).filter(
  (name) =>
    ![
      ...byTheWorker,
      ...noFeedback,
      ...needJinja,
      ...Object.keys(judgedByTheServer),
      'student_limits',
    ].includes(name),
);

describe('what INGInious answers to a grader, Gradeport answers', () => {
  test.each(same)('%s', async (name) => {
    const one = cases[name] as Case;
    const { result, stdout } = await run(one);
    expect(result.problem).toBeNull();
    const expected = { ...nothing, ...one.result, ...ours[name] } as Result;
    expect(comparable(completed(result.feedback, stdout))).toEqual(comparable(expected));
  });
});

describe('what INGInious calls a crash without feedback is a problem with a sentence', () => {
  test.each(noFeedback)('%s', async (name) => {
    const { result } = await run(cases[name] as Case);
    expect(result.feedback).toBeNull();
    expect(result.problem).toMatch(
      /^The grader gave no feedback\.$|^The grader's feedback is not JSON: line 2, column 1/,
    );
  });
});

describe('feedback that INGInious drops is passed on as it is', () => {
  test.each(Object.keys(judgedByTheServer))('%s', async (name) => {
    const { result } = await run(cases[name] as Case);
    expect(result.feedback).toEqual(judgedByTheServer[name]);
  });
});

test('student_limits: the limits reach the worker and its codes reach the grader', async () => {
  const codes = { time: 253, hardTime: 253, memory: 252 };
  const { result } = await run(cases['student_limits'] as Case, (agent) => {
    agent.onMessage.add((one) => {
      if (one.type !== 'run-student') return;
      const limited = (['time', 'hardTime', 'memory'] as const).find((name) => one[name] > 0);
      agent.send({ type: 'student-exit', channel: one.channel, code: limited ? codes[limited] : 254 });
    });
  });
  expect(result.feedback).toEqual({ result: 'success', text: 'time 253 hard 253 mem 252 cont 254' });
});

test.each(needJinja)(
  '%s: the environment has jinja2, or the grader is told that it has not',
  async (name) => {
    const one = cases[name] as Case;
    const { result, stdout, stderr } = await run({
      ...one,
      script: `${one.script}; python3 -c 'import jinja2'`,
    });
    if (stderr.includes('ModuleNotFoundError')) expect(stderr).toContain('this environment has no jinja2');
    else if (name === 'tpl_error')
      expect(completed(result.feedback, stdout).text).toContain('ZeroDivisionError');
    else expect(completed(result.feedback, stdout)).toEqual({ ...nothing, ...one.result });
  },
);
