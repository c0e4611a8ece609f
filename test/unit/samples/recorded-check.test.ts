import { describe, expect, test } from 'vitest';
import { lineDiff } from '../../../server/cli/ui/line-diff.ts';
import type { Outcome } from '../../../server/model/collections.ts';
import { outcomeWithoutRun } from '../../../server/model/outcome-without-run.ts';
import type { RecordedResult } from '../../../server/samples/recorded.ts';
import { compareRecorded } from '../../../server/samples/recorded-check.ts';

const WAS: RecordedResult = {
  result: 'failed',
  grade: 50,
  problems: { q: { result: 'failed', text: 'no' } },
  tests: { compiles: true, '*auto-tag--412': 'slow' },
  custom: {},
  state: '',
  text: 'half\n',
  stdout: '',
  stderr: '',
};
const got = (report: Partial<Outcome['report']> = {}, more: Partial<Outcome> = {}): Outcome => {
  const base = outcomeWithoutRun({ kind: 'finished', exitCode: 0 });
  return {
    ...base,
    result: 'failed',
    grade: 50,
    ...more,
    report: {
      ...base.report,
      text: 'half',
      problems: { q: ['failed', 'no'] },
      tests: { compiles: true, '*auto-tag-7': 'slow' },
      ...report,
    },
  };
};

describe('a recorded result', () => {
  test('is the same although line ends at the end and the numbers of automatic tags are others', () => {
    expect(compareRecorded(WAS, got())).toEqual({ differences: [], notes: [] });
    expect(compareRecorded({ ...WAS, grade: 50.004 }, got())).toEqual({ differences: [], notes: [] });
  });

  test('differs by result, by grade and by results of problems', () => {
    const outcome = got({ problems: { r: ['success', ''] } }, { result: 'success', grade: 100 });
    expect(compareRecorded(WAS, outcome).differences).toEqual([
      expect.stringMatching(/^expected result failed, got success/),
      'expected grade 50, got 100',
      'problem q: expected failed, got none',
      'problem r: expected none, got success',
    ]);
  });

  test('does not differ by texts, tags, custom values and states, but they are named', () => {
    const outcome = got({
      text: 'other',
      problems: { q: ['failed', 'yes'] },
      tests: {},
      custom: { k: 1 },
      state: 's',
    });
    const { differences, notes } = compareRecorded(WAS, outcome);
    expect(differences).toEqual([]);
    expect(notes.map(({ what }) => what)).toEqual(['problems.q', 'text', 'tests', 'custom', 'state']);
  });

  test('that was not kept is not compared', () => {
    const nothing = { result: null, grade: null, tests: null, custom: null, state: null, text: null };
    const old = { ...WAS, ...nothing, problems: { q: { result: null, text: 'no' } } };
    expect(compareRecorded(old, got())).toEqual({ differences: [], notes: [] });
  });
});

describe('the difference of two texts', () => {
  test('is the lines that are not the same, with one before and after', () => {
    expect(lineDiff('a\nb\nc\nd\ne', 'a\nb\nX\nY\nd\ne')).toEqual(['  b', '- c', '+ X', '+ Y', '  d']);
  });
  test('is nothing but a line around it where only lines were added, and is cut when long', () => {
    expect(lineDiff('a', 'a\nb')).toEqual(['  a', '+ b']);
    expect(lineDiff('', '1\n2\n3\n4', 4)).toEqual(['- ', '+ 1', '+ 2', '+ … 2 more lines']);
  });
});
