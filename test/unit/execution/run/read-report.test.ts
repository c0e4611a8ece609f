import { describe, expect, test } from 'vitest';
import { readReport } from '../../../../server/execution/run/read-report.ts';

describe('a report', () => {
  test('may speak of every problem that a task can have: ids in any letters, composed or not', () => {
    for (const id of ['q1', 'réponse', 're\u0301ponse', 'प्रश्न', 'a.b_c-1', '٣']) {
      expect(readReport({ problems: { [id]: ['failed', 'x'] } }), id).toMatchObject({ fault: null });
    }
  });

  test('loses an entry with an id that no task can have, and says which', () => {
    for (const id of ['q 1', 'a/b', '', 'x'.repeat(201), '<b>']) {
      const { report, fault, left } = readReport({ problems: { [id]: 'x', q1: 'kept' }, text: 'so' });
      expect(report, id).toMatchObject({ problems: { q1: 'kept' }, text: 'so' });
      expect([fault, left?.startsWith("Left out of the grader's feedback: problems.")], id).toEqual([
        null,
        true,
      ]);
    }
  });

  test.each([
    ['a test that is a map', { tests: { a: {}, b: true } }, { tests: { b: true } }],
    ['a text that is none', { text: 7, problems: { q1: 'x' } }, { text: '', problems: { q1: 'x' } }],
    ['problems in a list', { problems: ['x'], text: 'x' }, { problems: {}, text: 'x' }],
    ['an entry of two numbers', { problems: { q1: [1, 2], q2: 'x' } }, { problems: { q2: 'x' } }],
  ])('loses %s, and nothing else', (_, feedback, kept) => {
    const { report, fault, left } = readReport({ ...feedback, result: 'success', grade: 80 });
    expect(report).toMatchObject({ ...kept, result: 'success', grade: 80 });
    expect([fault, left]).toEqual([null, expect.stringContaining('Left out')]);
  });

  test.each([[{ grade: 'many' }], [{ grade: 1e12 }], [{ result: 7 }], [{ passed: true }]])(
    'with %o decides nothing, and shows its text',
    (bad) => {
      const read = readReport({ result: 'success', text: 'so', ...bad });
      expect(read).toMatchObject({ report: { text: 'so' }, fault: expect.stringContaining('malformed') });
    },
  );
});
