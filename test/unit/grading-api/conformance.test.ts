/**
 * The agent against INGInious' own answers, in namespaces of this machine: quick, and without an engine. What the
 * server adds (limits, defaults, the report's schema) is in test/containers/conformance.test.ts.
 */
import { describe, expect, test } from 'vitest';
import { type Agent, grade, studentsOf } from '../../support/grading-api/agent.ts';
import { makeSlot } from '../../support/grading-api/container.ts';
import {
  CASES,
  type Case,
  type CaseResult,
  CRASHES,
  caseNamed,
  comparable,
  expected,
  REFUSED_AT_ONCE,
} from '../../support/inginious-cases.ts';

/** Limits are the worker's to enforce, and jinja2 is the environment's. */
const NOT_HERE = ['timeout', 'overflow', 'student_limits', 'tpl_plain', 'tpl_lang_local', 'tpl_lang_dir'];
/** What the server's schema refuses. */
const judgedByTheServer = { unknown_key: { result: 'success', foo: 1 } };

/** INGInious' defaults, which the server applies to a report. */
function completed(feedback: unknown, stdout: string): CaseResult {
  const given = feedback as Partial<CaseResult>;
  const result = given.result ?? 'error';
  const points = given.grade ?? (result === 'success' ? 100 : 0);
  const nothing = { text: '', problems: {}, tests: {}, custom: {}, state: '' };
  return { ...nothing, ...given, result, grade: Math.round(points * 100) / 100, stdout };
}

async function run(one: Case, students?: (agent: Agent) => void) {
  await using slot = await makeSlot(one.files);
  const uploads = Object.entries(one.uploads).map(([id, { filename, content }]) => [
    id,
    { filename, value: content.toString('base64') },
  ]);
  const input = { ...one.input, ...Object.fromEntries(uploads) };
  return await grade(slot, { input, files: Object.keys(one.uploads) }, students ?? studentsOf(slot));
}

const same = CASES.filter(
  ({ name }) =>
    !NOT_HERE.includes(name) && !(name in CRASHES) && !(name in REFUSED_AT_ONCE) && name !== 'tpl_error',
);

describe('what INGInious answers to a grader, Gradeport answers', () => {
  test.each(same.map((one) => [one.name, one] as const))('%s', async (_, one) => {
    const { result, stdout } = await run(one);
    expect(result.problem).toBeNull();
    expect(comparable(completed(result.feedback, stdout))).toEqual(expected(one));
  });
});

describe('what INGInious calls a crash without feedback is a problem with a sentence', () => {
  test.each(['no_feedback', 'corrupt_feedback', 'empty_feedback', 'ipy_exception'])('%s', async (name) => {
    const { result } = await run(caseNamed(name));
    expect(result.feedback).toBeNull();
    expect(result.problem).toMatch(CRASHES[name] as RegExp);
  });
});

test.each(Object.entries(judgedByTheServer))(
  '%s: the agent passes it on as it is',
  async (name, feedback) => {
    const { result } = await run(caseNamed(name));
    expect(result.feedback).toEqual(feedback);
  },
);

test('student_limits: the limits reach the worker and its codes reach the grader', async () => {
  const codes = { time: 253, hardTime: 253, memory: 252 };
  const { result } = await run(caseNamed('student_limits'), (agent) => {
    agent.onMessage.add((one) => {
      if (one.type !== 'run-student') return;
      const limited = (['time', 'hardTime', 'memory'] as const).find((name) => one[name] > 0);
      agent.send({
        type: 'student-exit',
        channel: one.channel,
        code: limited ? codes[limited] : 254,
        how: null,
      });
    });
  });
  expect(result.feedback).toEqual({ result: 'success', text: 'time 253 hard 253 mem 252 cont 254' });
});
