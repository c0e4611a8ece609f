/**
 * INGInious' own answers: inginious-conformance.json holds run scripts of graders and the result object that
 * INGInious returned for each (measured). Where Gradeport is better on purpose, it is written here and, with the
 * reason, in docs/compatibility.md; whatever is not named here is equal.
 */
import { readFileSync } from 'node:fs';
import type { SubmittedAnswer } from '../../server/model/answers.ts';

export type CaseResult = {
  result: string;
  grade: number;
  text: string;
  problems: Record<string, unknown>;
  tests: Record<string, unknown>;
  custom: Record<string, unknown>;
  state: string;
  stdout: string;
};
type Written = {
  grader?: string;
  script: string;
  files?: Record<string, string>;
  input?: Record<string, unknown>;
  result: Partial<CaseResult>;
};
export type Case = {
  name: string;
  /** What the task's folder holds, the grader among it. */
  files: Record<string, string>;
  /** Problem ids and "@" keys; uploads apart. */
  input: Record<string, unknown>;
  uploads: Record<string, { filename: string; content: Buffer }>;
  inginious: CaseResult;
};

const NOTHING: CaseResult = {
  result: '',
  grade: 0,
  text: '',
  problems: {},
  tests: {},
  custom: {},
  state: '',
  stdout: '',
};

const GIVEN = {
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

/** How a result of Gradeport differs from that of INGInious, because it is better so. */
const BETTER: Record<string, Partial<CaseResult>> = {
  msg_escape: { text: 'a\tb\né é' },
  legacy_custom_json: { custom: { k: [1, 2] } },
  int_grade: { result: 'success', grade: 50, text: '' },
  student_rc: {
    text: '[sh a.sh] rc=7\n[sh k.sh] rc=247\n[sh s.sh] rc=245\n[nosuchcmd] rc=1\n[] rc=254\n',
  },
  student_isolation: {
    text:
      'cat: /task/secret.txt: No such file or directory\nstudent\n' +
      "touch: cannot touch '/task/z': Read-only file system\nwrote\n" +
      "ls: cannot access '/.__input': No such file or directory\n" +
      'cat: /.__output/__feedback.json: No such file or directory\nafter: a.sh keep w ',
  },
};

/** The sentence for the teacher, where INGInious' is in the text that students see. */
export const CRASHES: Record<string, RegExp> = {
  no_feedback: /^The grader gave no feedback\.$/,
  empty_feedback: /^The grader gave no feedback\.$/,
  ipy_exception: /^The grader gave no feedback\.(\n|$)/,
  corrupt_feedback: /^The grader's feedback is not JSON: line 2, column 1/,
  unknown_key: /"foo"/,
};

/** Where INGInious lets a run crash at its end, and a command refuses at once what no report can hold. */
export const REFUSED_AT_ONCE: Record<string, object> = {
  bad_problem_id: { result: 'success', grade: 100, problems: {} },
};

const isUpload = (value: unknown): value is { filename: string; value: string } =>
  typeof value === 'object' && value !== null && 'filename' in value && 'value' in value;

function read(name: string, written: Written): Case {
  const grader = written.grader ?? 'run';
  const bare = grader === 'run' && !written.script.startsWith('#!');
  const input = Object.entries({ ...GIVEN, ...written.input });
  const uploads = input.flatMap(([id, value]) =>
    isUpload(value) ? [[id, { filename: value.filename, content: Buffer.from(value.value) }] as const] : [],
  );
  return {
    name,
    files: { ...written.files, [grader]: bare ? `#!/bin/bash\n${written.script}` : written.script },
    input: Object.fromEntries(input.filter(([, value]) => !isUpload(value))),
    uploads: Object.fromEntries(uploads),
    inginious: { ...NOTHING, ...written.result },
  };
}

const written = JSON.parse(
  readFileSync(new URL('./inginious-conformance.json', import.meta.url), 'utf8'),
) as Record<string, Written>;
export const CASES: readonly Case[] = Object.entries(written).map(([name, one]) => read(name, one));

export const caseNamed = (name: string): Case => {
  const found = CASES.find((one) => one.name === name);
  if (!found) throw new Error(`no case ${name}`);
  return found;
};

/** What Gradeport must give. */
export const expected = (one: Case): CaseResult => comparable({ ...one.inginious, ...BETTER[one.name] });

/** Without what names a place of one machine: traces with their paths, and the random numbers of automatic tags. */
export function comparable(result: CaseResult): CaseResult {
  const tests = Object.entries(result.tests).map(([key, value]) => [
    key.replace(/^\*auto-tag-.*/, '*auto-tag-'),
    value,
  ]);
  const text = result.text.replace(/Traceback[\s\S]*?\n(?=\s*\w+Error)/, 'Traceback\n');
  return { ...result, text, tests: Object.fromEntries(tests) };
}

/** Answers as the server takes them; what is no text, list or upload is given to the grader as it is. */
export function answersOf(one: Case): {
  answers: Record<string, SubmittedAnswer>;
  extra: Record<string, unknown>;
} {
  const texts = Object.entries(one.input).filter(
    ([id, value]) => !id.startsWith('@') && typeof value === 'string',
  );
  const answers = { ...(Object.fromEntries(texts) as Record<string, string>), ...one.uploads };
  const extra = Object.entries(one.input).filter(([id]) => !(id in answers));
  return { answers, extra: Object.fromEntries(extra) };
}
