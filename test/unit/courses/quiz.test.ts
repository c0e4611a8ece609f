import { describe, expect, test } from 'vitest';
import { reportSchema } from '../../../grading-api/report.ts';
import type { Answer } from '../../../server/courses/answers.ts';
import { readInginiousTask } from '../../../server/courses/formats/inginious.ts';
import { gradeQuiz } from '../../../server/courses/quiz.ts';

function grade(problems: string, answers: Record<string, Answer>) {
  const place = { id: 'q', course: 'c', folder: '/q', file: 'task.yaml' };
  const read = readInginiousTask(`environment_type: mcq\nproblems:\n${problems}`, place);
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  return gradeQuiz(read.task, new Map(Object.entries(answers)));
}

const SINGLE =
  '  s: {type: multiple_choice, choices: [{text: a, valid: true}, {text: b, feedback: "No *b*."}]}\n';
const SEVERAL =
  '  m: {type: multiple_choice, multiple: true, choices: [{text: a, valid: true, feedback: A.}, {text: b, valid: true}, {text: c}]}\n';
const MATCH = '  t: {type: match, answer: 42}\n';

describe('a quiz', () => {
  test('is a success only when all is right', () => {
    const report = grade(SINGLE + SEVERAL + MATCH, { s: '0', m: ['1', '0'], t: ' 42\n' });
    expect(report).toMatchObject({ result: 'success', grade: 100, text: '' });
    expect(report.problems).toEqual({
      s: ['success', 'Right.'],
      m: ['success', 'Right.\n\nA.'],
      t: ['success', 'Right.'],
    });
    expect(report.state).toBe('{"s": "", "m": "", "t": ""}');
    expect(reportSchema.parse(report)).toEqual(report);
  });

  test('gives the share of right problems, and the feedback of what was chosen', () => {
    const report = grade(SINGLE + SEVERAL + MATCH, { s: '1', m: ['0', '2'], t: '42' });
    expect(report.result).toBe('failed');
    expect(report.grade).toBeCloseTo(33.33, 2);
    expect(report.problems['s']).toEqual(['failed', 'Not right.\n\nNo *b*.']);
    expect(report.problems['m']?.[0]).toBe('failed');
    expect(report.text).toBe('2 answers are not right. Where several may be chosen, 2 choices are wrong.');
  });

  test('says its own words for right and wrong, and only what matters when it is centralized', () => {
    const own = SINGLE.replace('{type', '{success_message: Yes!, error_message: Oh no, type');
    expect(grade(own, { s: '0' }).problems).toEqual({ s: ['success', 'Yes!'] });
    expect(grade(own, { s: '1' }).problems).toEqual({ s: ['failed', 'Oh no\n\nNo *b*.'] });
    const central =
      SINGLE.replace('{type', '{centralize: true, type') + MATCH.replace('{', '{centralize: true, ');
    expect(grade(central, { s: '0', t: 'x' })).toMatchObject({ grade: 50, problems: {} });
  });

  test('is wrong, not broken, when answers are missing or odd', () => {
    expect(grade(SINGLE + SEVERAL + MATCH, {})).toMatchObject({ result: 'failed', grade: 0 });
    expect(grade(SINGLE, { s: ['0', '1'] })).toMatchObject({ grade: 0 });
    expect(grade(SINGLE, { s: '__proto__' })).toMatchObject({ grade: 0 });
  });

  test('without problems is the teacher’s fault', () => {
    expect(gradeQuiz({ problems: [] }, new Map())).toMatchObject({ result: 'crashed', grade: 0 });
  });
});
