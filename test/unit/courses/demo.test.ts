import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkAnswers } from '../../../server/courses/answers.ts';
import { openCourses } from '../../../server/courses/catalogue.ts';
import { plainTask } from '../../../server/courses/plain-task.ts';
import { gradeQuiz } from '../../../server/courses/quiz/quiz.ts';
import type { Course, Task } from '../../../server/courses/task.ts';
import { renderText } from '../../../server/courses/text/render.ts';
import { readSamples, type Sample } from '../../../server/samples/task-samples.ts';

const limits = { maxTextBytes: 2 ** 20, maxFileBytes: 2 ** 20 };

async function demo(): Promise<Course> {
  const course = await openCourses([join(import.meta.dirname, '../../../examples')]).get('demo');
  if (!course) throw new Error('no demo course');
  return course;
}

async function samplesOf(task: Task): Promise<Sample[]> {
  const read = await readSamples(task.folder);
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  return read.samples;
}

describe('the demo course', () => {
  test('has eight tasks and no fault', async () => {
    const course = await demo();
    expect(course.broken).toEqual([]);
    expect(course.tasks.map(({ id }) => id)).toEqual([
      'python-sum',
      'c-sort',
      'java-stack',
      'quiz',
      'upload',
      'calculator',
      'root-shell',
      'terminal',
    ]);
  });

  test('shows students what its graders print: it is no course of INGInious', async () => {
    expect((await demo()).tasks.filter(({ showOutput }) => !showOutput)).toEqual([]);
  });

  test('has texts that can be read', async () => {
    const course = await demo();
    const texts = course.tasks.flatMap((task) => [
      task.context,
      ...task.problems.map(({ header }) => header),
    ]);
    for (const text of [course.description, ...texts])
      expect(await renderText({ course: 'demo', task: null }, text)).not.toMatch(/^<pre>|``|::/);
  });

  test('has a right and a wrong sample for each task, and answers that fit', async () => {
    // A terminal needs a person.
    for (const task of (await demo()).tasks.filter(({ terminal }) => !terminal)) {
      const samples = await samplesOf(task);
      expect(samples.some(({ expect }) => expect.verdict === 'success')).toBe(true);
      expect(samples.some(({ expect }) => expect.verdict !== 'success')).toBe(true);
      for (const sample of samples) {
        expect(checkAnswers(task, sample.answers, limits), `${task.id}/${sample.name}`).toMatchObject({
          ok: true,
        });
      }
    }
  });

  test('has a quiz whose samples get what they expect', async () => {
    const quiz = (await demo()).tasks.find(({ id }) => id === 'quiz');
    for (const sample of quiz ? await samplesOf(quiz) : []) {
      const report = gradeQuiz(quiz ?? plainTask, sample.answers);
      expect(report.result).toBe(sample.expect.verdict);
      expect(report.grade).toBeCloseTo(sample.expect.grade ?? 0, 2);
      const results = Object.entries(report.problems).map(([id, entry]) => [id, entry[0]]);
      expect(Object.fromEntries(results)).toEqual(sample.expect.problems);
    }
  });
});

describe('samples', () => {
  async function samples(yaml: string) {
    const folder = await mkdtemp(join(tmpdir(), 'gradeport-samples-'));
    try {
      await mkdir(join(folder, 'samples'));
      await writeFile(join(folder, 'samples/one.yaml'), yaml);
      await writeFile(join(folder, 'samples/data.csv'), 'a,b');
      return await readSamples(folder);
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  test('name files of the task, to upload or to take as text', async () => {
    const read = await samples(
      'answers: {f: {file: samples/data.csv}, t: {text: samples/data.csv}, m: [0, "1"], s: 2}\nexpect: {verdict: success}',
    );
    expect('samples' in read && read.samples[0]?.name).toBe('one');
    expect('samples' in read && [...(read.samples[0]?.answers ?? [])]).toEqual([
      ['f', { filename: 'data.csv', content: Buffer.from('a,b') }],
      ['t', 'a,b'],
      ['m', ['0', '1']],
      ['s', '2'],
    ]);
  });

  test('say what is wrong with them, and never read outside the task', async () => {
    const read = await samples(
      'answers: {f: {file: ../../etc/passwd}, g: {file: samples}}\nexpect: {verdict: success}',
    );
    expect('problems' in read && read.problems.map(({ message }) => message)).toEqual([
      'answers.f: no file ../../etc/passwd in the task’s folder',
      'answers.g: no file samples in the task’s folder',
    ]);
    const wrong = await samples('answers: {f: {}}\nexpect: {verdict: good, grades: 1}');
    expect('problems' in wrong && wrong.problems.map(({ line, message }) => `${line} ${message}`)).toEqual([
      '1 answers.f: expected a text, a list of choices, { file: path } or { text: path }; got a map',
      expect.stringContaining('2 expect.verdict: expected one of success, failed'),
      expect.stringContaining('grades'),
    ]);
  });

  test('are none where there is no folder', async () => {
    expect(await readSamples('/nowhere')).toEqual({ samples: [] });
  });
});
