import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkAnswers } from '../../../server/courses/answers.ts';
import type { Problem } from '../../../server/courses/task.ts';
import type { SubmittedAnswer } from '../../../server/model/answers.ts';

const base = { name: '', header: '' };
const code: Problem = {
  ...base,
  id: 'c',
  name: 'Sum',
  type: 'code',
  language: '',
  default: '',
  optional: false,
  firstLine: 1,
};
const upload: Problem = {
  ...base,
  id: 'f',
  type: 'file',
  optional: false,
  maxBytes: 2048,
  extensions: ['.c', '.tar.gz'],
};
const choices = ['a', 'b', 'c'].map((text) => ({ text, valid: text === 'a', feedback: '' }));
const single: Problem = {
  ...base,
  id: 'm',
  type: 'multiple_choice',
  choices,
  multiple: false,
  limit: 0,
  shuffle: true,
  centralize: false,
  errorMessage: '',
  successMessage: '',
};
const limits = { maxTextBytes: 1024, maxFileBytes: 4096 };

function check(problem: Problem, answer?: SubmittedAnswer) {
  const answers = new Map(answer === undefined ? [] : [[problem.id, answer]]);
  const result = checkAnswers({ problems: [problem] }, answers, limits);
  return result.ok ? result.answers.get(problem.id) : (result.faults[problem.id] ?? 'no fault');
}
const file = (filename: string, bytes = 3) => ({ filename, content: new Uint8Array(bytes) });

describe('a text', () => {
  test('that is missing or blank is no answer, unless the problem is optional', () => {
    expect(check(code)).toBe('“Sum” has no answer yet.');
    expect(check(code, ' \n')).toBe('“Sum” has no answer yet.');
    expect(check({ ...code, optional: true })).toBe('');
  });
  test('has the line ends that were typed', () => {
    expect(check(code, 'a\r\nb\n')).toBe('a\nb\n');
  });
  test('that is too long says how long it may be', () => {
    expect(check(code, 'é'.repeat(600))).toBe('“Sum” has 1.17 KiB; at most 1 KiB are allowed.');
  });
  test('of one line, or of a match, has 16 KiB, however long programs may be', () => {
    const large = { maxTextBytes: 2 ** 20, maxFileBytes: 4096 };
    const match: Problem = { ...base, id: 'x', type: 'match', answer: '42', centralize: false };
    for (const problem of [match, { ...code, type: 'code_single_line' } satisfies Problem]) {
      const long = checkAnswers({ problems: [problem] }, new Map([[problem.id, 'x'.repeat(16_385)]]), large);
      expect(long).toMatchObject({ ok: false, faults: { [problem.id]: expect.stringContaining('16 KiB') } });
    }
    expect(checkAnswers({ problems: [code] }, new Map([['c', 'x'.repeat(16_385)]]), large).ok).toBe(true);
  });
  test('is not a file or a list', () => {
    expect(check(code, ['a'])).toBe('“Sum” needs a text.');
    expect(check(code, file('x'))).toBe('“Sum” needs a text.');
  });
});

describe('a choice', () => {
  test('is the index of one of the choices', () => {
    expect(check(single, '2')).toBe('2');
    expect(check(single, ['2'])).toBe('2');
    for (const bad of ['3', '-1', '01', '1.0', 'x', ' 1', '1e0', '__proto__']) {
      expect(check(single, bad)).toBe('“m” has 3 choices; the answer is none of them.');
    }
  });
  test('is one, where one is asked for', () => {
    expect(check(single, ['0', '1'])).toBe('“m” takes one choice; 2 are chosen.');
    expect(check({ ...single, multiple: true }, ['0', '1', '0'])).toEqual(['0', '1']);
    expect(check({ ...single, multiple: true }, '1')).toEqual(['1']);
  });
  test('has to be made', () => {
    expect(check(single)).toBe('“m” has no answer yet: choose one.');
    expect(check({ ...single, multiple: true })).toBe('“m” has no answer yet: choose one.');
    expect(check({ ...single, multiple: true }, [])).toEqual([]);
    // As a form says that nothing is ticked.
    expect(check({ ...single, multiple: true }, [''])).toEqual([]);
    expect(check({ ...single, multiple: true }, ['', '1'])).toEqual(['1']);
    expect(check(single, '')).toBe('“m” has no answer yet: choose one.');
    expect(check(single, file('x'))).toBe('“m” needs a choice, not a file.');
  });
});

describe('a file', () => {
  test('is taken with the right ending and size', () => {
    expect(check(upload, file('a.C'))).toEqual(file('a.C'));
    expect(check(upload, file('a.tar.gz'))).toEqual(file('a.tar.gz'));
  });
  test('of another kind is refused', () => {
    expect(check(upload, file('a.py'))).toBe('“f” takes files ending in .c, .tar.gz; this is “a.py”.');
    expect(check(upload)).toBe('“f” has no file yet.');
    expect(check(upload, 'text')).toBe('“f” needs a file.');
  });
  test('may be left out where the problem is optional', () => {
    expect(check({ ...upload, optional: true })).toBe('');
    expect(check({ ...upload, optional: true }, '')).toBe('');
    expect(check({ ...upload, optional: true }, file('a.py'))).toContain('takes files ending in');
  });
  test('obeys the smaller of the task’s and the operator’s limit', () => {
    expect(check(upload, file('a.c', 2049))).toBe('“f” has 2 KiB; at most 2 KiB are allowed.');
    expect(check({ ...upload, maxBytes: 10 ** 9 }, file('a.c', 5000))).toBe(
      '“f” has 4.88 KiB; at most 4 KiB are allowed.',
    );
  });
  test('has a name that is only a name', () => {
    for (const name of [
      '../a.c',
      '/a.c',
      'a\\b.c',
      'a\nb.c',
      'a\0.c',
      '.',
      '..',
      '',
      '\u202Ea.c',
      '\uD800.c',
    ]) {
      expect(check({ ...upload, extensions: [] }, file(name))).toContain('the file');
    }
    expect(check(upload, file(`${'é'.repeat(100)}.c`))).toContain('longer than 200 bytes');
    expect(check(upload, file('übung 1 (final).c'))).toEqual(file('übung 1 (final).c'));
  });
});

describe('all answers together', () => {
  test('tell every fault at once, and problems that the task does not have', () => {
    const result = checkAnswers({ problems: [code, single] }, new Map([['__proto__', 'x']]), limits);
    expect(result.ok ? [] : Object.keys(result.faults)).toEqual(['c', 'm', '__proto__']);
  });

  test('never throw, whatever they are', () => {
    const name = fc.string({ unit: 'binary' });
    const one = fc.oneof(name, fc.array(name), fc.record({ filename: name, content: fc.uint8Array() }));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom('c', 'f', 'm', 'x', 'toString'), one)), (pairs) => {
        const result = checkAnswers(
          { problems: [code, upload, single] },
          new Map<string, SubmittedAnswer>(pairs),
          limits,
        );
        expect(result.ok || Object.keys(result.faults).length > 0).toBe(true);
      }),
    );
  });
});
