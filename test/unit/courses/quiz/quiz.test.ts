import { describe, expect, test } from 'vitest';
import { reportSchema } from '../../../../grading-api/report.ts';
import { readInginiousTask } from '../../../../server/courses/inginious/task-file.ts';
import { plainTask } from '../../../../server/courses/plain-task.ts';
import { gradeQuiz, type QuizContext } from '../../../../server/courses/quiz/quiz.ts';
import { phrasesIn } from '../../../../server/courses/quiz/quiz-phrases.ts';
import type { SubmittedAnswer } from '../../../../server/model/answers.ts';
import { effortOf } from '../../../support/effort.ts';

function grade(problems: string, answers: Record<string, SubmittedAnswer>, context?: QuizContext) {
  const place = { id: 'q', course: 'c', folder: '/q', file: 'task.yaml' };
  const read = readInginiousTask(`environment_type: mcq\nproblems:\n${problems}`, place);
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  return gradeQuiz(read.task, new Map(Object.entries(answers)), context);
}

const SINGLE =
  '  s: {type: multiple_choice, choices: [{text: a, valid: true}, {text: b, feedback: "No *b*."}]}\n';
const SEVERAL =
  '  m: {type: multiple_choice, multiple: true, choices: [{text: a, valid: true, feedback: A.}, {text: b, valid: true}, {text: c}]}\n';
const MATCH = '  t: {type: match, answer: 42}\n';

/** Texts, keys and line ends are those of INGInious' agent (0.9.dev of March 2025). */
describe('a quiz', () => {
  test('is a success only when all is right; only a right match is called correct', () => {
    const report = grade(SINGLE + SEVERAL + MATCH, { s: '0', m: ['1', '0'], t: ' 42\n' });
    expect(report).toMatchObject({ result: 'success', grade: 100, text: '' });
    expect(report.problems).toEqual({ m: ['success', 'A.'], t: ['success', 'Correct answer'] });
    expect(report.state).toBe('{"s": "", "m": "", "t": ""}');
    expect(reportSchema.parse(report)).toEqual(report);
  });

  test('leaves out of the grade what only a plugin of INGInious could judge, and says so', () => {
    const plugins = '  p: {type: math, answers: ["2"]}\n  o: {type: blockly}\n';
    const report = grade(SINGLE + plugins + MATCH, { s: '1', p: 'x', o: '', t: '42' });
    expect(report).toMatchObject({ result: 'failed', grade: 50, state: '{"s": "", "t": ""}' });
    expect(report.problems).toEqual({
      s: ['failed', 'Wrong answer\n\nNo *b*.'],
      t: ['success', 'Correct answer'],
    });
    expect(report.text).toBe(
      'You have 1 wrong answer(s).\n\n\nAmong them, you have 1 invalid answers in the multiple choice questions\n\n\n2 questions do not count: their kind is not known here.',
    );
    expect(grade(SINGLE + plugins, { s: '0' })).toMatchObject({ result: 'success', grade: 100 });
  });

  test.each(['en', 'fr', 'de', 'nl'])('says it in %s of one question and of several', (lang) => {
    const { leftOut } = phrasesIn(lang);
    expect(leftOut(1)).not.toBe(leftOut(2));
    expect(leftOut(2)).toContain('2');
  });

  test('crashes where a plugin would be needed for all of it, or a program for a part', () => {
    expect(grade('  p: {type: math}\n', { p: 'x' })).toMatchObject({ result: 'crash', grade: 0 });
    const mixed = `${MATCH}  p: {type: math}\n  c: {type: code}\n`;
    expect(grade(mixed, { t: '42', c: 'x' })).toMatchObject({ result: 'crash', grade: 0 });
  });

  test('gives the share of right problems, and the feedback of what was chosen, in the order of the answer', () => {
    const report = grade(SINGLE + SEVERAL + MATCH, { s: '1', m: ['2', '0'], t: '42' });
    expect(report).toMatchObject({ result: 'failed', grade: 33.33 });
    expect(report.problems).toEqual({
      s: ['failed', 'Wrong answer\n\nNo *b*.'],
      m: ['failed', 'Wrong answer. Make sure to select all the valid possibilities\n\nA.'],
      t: ['success', 'Correct answer'],
    });
    expect(report.text).toBe(
      'You have 2 wrong answer(s).\n\n\nAmong them, you have 3 invalid answers in the multiple choice questions',
    );
  });

  test('speaks of choices only where choices are wrong', () => {
    expect(grade(MATCH, { t: 'x' }).text).toBe('You have 1 wrong answer(s).');
  });

  test('says its own words for right and wrong, and only what matters when it is centralized', () => {
    const own = SINGLE.replace('{type', '{success_message: Yes!, error_message: Oh no, type');
    expect(grade(own, { s: '0' }).problems).toEqual({ s: ['success', 'Yes!'] });
    expect(grade(own, { s: '1' }).problems).toEqual({ s: ['failed', 'Oh no\n\nNo *b*.'] });
    const central =
      SINGLE.replace('{type', '{centralize: true, type') + MATCH.replace('{', '{centralize: true, ');
    expect(grade(central, { s: '0', t: 'x' })).toMatchObject({ grade: 50, problems: {} });
    expect(grade(own.replace('{success', '{centralize: on, success'), { s: '1' }).problems).toEqual({
      s: ['failed', 'Oh no\n\nNo *b*.'],
    });
  });

  test('takes an empty message for a message, as a file may have one', () => {
    const empty = SINGLE.replace('"No *b*."', '""').replace('{type', '{success_message: "", type');
    expect(grade(empty, { s: '0' }).problems).toEqual({ s: ['success', ''] });
    expect(grade(empty, { s: '1' }).problems).toEqual({ s: ['failed', 'Wrong answer\n\n'] });
  });

  test('is wrong, not broken, when answers are missing or odd', () => {
    expect(grade(SINGLE + SEVERAL + MATCH, {})).toMatchObject({ result: 'failed', grade: 0 });
    expect(grade(SINGLE, { s: ['0', '1'] })).toMatchObject({ grade: 0 });
    expect(grade(SINGLE, { s: '__proto__' })).toMatchObject({ grade: 0 });
    expect(grade(SEVERAL, { m: [] }).text).toContain('you have 2 invalid answers');
  });

  test('compares a match without the white space around it that Python knows', () => {
    const right = (text: string) => grade(MATCH, { t: text }).result === 'success';
    for (const text of ['\u001f42\u0085', '\u00a0\t42\r\n', '42']) expect(right(text)).toBe(true);
    for (const text of ['\ufeff42', '4 2', '42.', '']) expect(right(text)).toBe(false);
    expect(effortOf(() => right(`4${' '.repeat(1_000_000)}2`))).toBeLessThan(25);
  });

  test('rounds as Python does', () => {
    const many = Array.from({ length: 32 }, (_, index) => `  q${index}: {type: match, answer: 1}\n`).join('');
    expect(grade(many, { q0: '1' }).grade).toBe(3.12);
    expect(grade(many, { q0: '1', q1: '1', q2: '1' }).grade).toBe(9.38);
  });

  test('writes its state as Python writes JSON', () => {
    expect(grade('  été: {type: match, answer: 1}\n', {}).state).toBe('{"\\u00e9t\\u00e9": ""}');
  });

  test('that cannot be graded is the teacher’s fault, and keeps what the last submission left', () => {
    expect(gradeQuiz(plainTask, new Map(), { state: 'before' })).toMatchObject({
      result: 'crashed',
      grade: 0,
      text: 'No subproblems defined',
      state: 'before',
    });
    const withCode = grade(`${MATCH}  c: {type: code}\n`, { t: '42', c: 'x' }, { state: 'before' });
    expect(withCode).toMatchObject({
      result: 'crash',
      grade: 0,
      text: 'Task wrongly configured as a MCQ',
      state: 'before',
      problems: {},
    });
  });

  test('says the task’s own words in the student’s language', () => {
    const own = SINGLE.replace('{type', '{error_message: Oh no, type');
    const place = { id: 'q', course: 'c', folder: '/q', file: 'task.yaml' };
    const read = readInginiousTask(`environment_type: mcq\nproblems:\n${own}`, place);
    if ('problems' in read) throw new Error(JSON.stringify(read.problems));
    const translations = new Map([['fr', new Map([['Oh no', 'Oh non']])]]);
    const inFrench = (lang: string) =>
      gradeQuiz({ ...read.task, translations }, new Map([['s', '1']]), { lang }).problems['s']?.[1];
    expect(inFrench('fr')).toBe('Oh non\n\nNo *b*.');
    expect(inFrench('fr_BE')).toBe('Oh non\n\nNo *b*.');
    expect(inFrench('de')).toBe('Oh no\n\nNo *b*.');
  });
});

describe('the words of a quiz', () => {
  const all = { s: '1', m: ['2'], t: 'x' };
  const said = (lang: string) => grade(SINGLE + SEVERAL + MATCH, all, { phrases: phrasesIn(lang) });

  test('are the student’s, and in English where there are none', () => {
    expect(said('fr').problems).toMatchObject({
      t: ['failed', 'C’est faux.'],
      s: ['failed', 'C’est faux.\n\nNo *b*.'],
    });
    expect(said('fr-BE')).toEqual(said('fr'));
    expect(said('fr').text).toBe(
      '3 réponses sont fausses.\n\n\nDans les questions à choix, 4 cases sont fausses ou oubliées.',
    );
    expect(said('nl').text).toContain('3 antwoorden zijn fout.');
    expect(said('de').text).toContain('3 Antworten sind falsch.');
    for (const other of ['en', 'ja', '', '__proto__'])
      expect(said(other)).toEqual(grade(SINGLE + SEVERAL + MATCH, all));
  });

  test('change nothing else of the report', () => {
    const { text, problems, ...rest } = said('fr');
    const english = grade(SINGLE + SEVERAL + MATCH, all);
    expect({ ...english, text, problems }).toEqual({ ...rest, text, problems });
    expect(Object.keys(problems)).toEqual(Object.keys(english.problems));
  });

  test.each(['fr', 'de', 'nl'])('in %s count one and several', (lang) => {
    const { wrongAnswers, invalidChoices } = phrasesIn(lang);
    for (const phrase of [wrongAnswers, invalidChoices]) {
      expect(phrase(2)).toContain('2');
      expect(phrase(1)).not.toMatch(/\d/);
    }
  });
});
