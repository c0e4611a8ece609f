import { describe, expect, test } from 'vitest';
import { readReport } from '../../../../server/execution/run/read-report.ts';

describe('a report', () => {
  test('may speak of every problem that a task can have: ids in any letters, composed or not', () => {
    for (const id of ['q1', 'réponse', 're\u0301ponse', 'प्रश्न', 'a.b_c-1', '٣']) {
      expect(readReport({ problems: { [id]: ['failed', 'x'] } }), id).toMatchObject({ fault: null });
    }
  });

  test('with an id that no task can have is malformed, and says which', () => {
    for (const id of ['q 1', 'a/b', '', 'x'.repeat(201), '<b>']) {
      expect(readReport({ problems: { [id]: 'x' } }).fault, id).toContain('problems');
    }
  });
});
