/** gradeport task test, with samples and with INGInious' recorded submissions: real processes, real engine. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { PROJECT_FOLDER } from '../../server/config/config.ts';
import { cli } from '../support/processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'gradeport-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('gradeport task test', () => {
  test('grades every sample and says which came out otherwise than they must', async () => {
    const quiz = join(PROJECT_FOLDER, 'examples/demo/quiz');
    const fine = await cli(['task', 'test', quiz, '--json'], {
      env: { DOCKER_HOST: 'unix:///nowhere.sock' },
    });
    expect(fine.code, fine.stderr).toBe(0);
    expect(JSON.parse(fine.stdout)).toContainEqual({
      course: 'demo',
      task: 'quiz',
      sample: 'right',
      verdict: 'success',
      result: 'success',
      grade: 100,
      differences: [],
      notes: [],
    });
    const copy = mkdtempSync(join(folder, 'quiz-'));
    cpSync(quiz, copy, { recursive: true });
    const sample = join(copy, 'samples/right.yaml');
    writeFileSync(sample, readFileSync(sample, 'utf8').replace('verdict: success', 'verdict: failed'));
    const report = join(folder, 'report.xml');
    const wrong = await cli(['task', 'test', copy, '--junit', report]);
    expect(wrong).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('expected verdict failed, got success'),
      stderr: expect.stringContaining(`Not as expected: ${basename(copy)}/right.`),
    });
    expect(readFileSync(report, 'utf8')).toMatch(/failures="1"[\s\S]*expected verdict failed, got success/);
  });

  test('takes a repository of courses; a faulty sample does not hide the others', async () => {
    const repository = mkdtempSync(join(folder, 'repository-'));
    const quiz = join(repository, 'courses/week1/quiz');
    cpSync(join(PROJECT_FOLDER, 'examples/demo/quiz'), quiz, { recursive: true });
    writeFileSync(join(repository, 'courses/week1/course.yaml'), 'name: Week 1');
    writeFileSync(join(quiz, 'samples/faulty.yaml'), 'answers: {}');
    cpSync(quiz, join(repository, 'courses/week1/untested'), { recursive: true });
    rmSync(join(repository, 'courses/week1/untested/samples'), { recursive: true });
    const { code, stdout, stderr } = await cli(['task', 'test', repository]);
    expect(code, stderr).toBe(1);
    expect(stdout).toContain('✓ quiz right: success');
    expect(stdout).toMatch(/✗ quiz faulty: not graded\n.*samples.faulty\.yaml/);
    expect(stderr).toContain('Not as expected: quiz/faulty.\nWithout samples, and so not tested: untested.');
  });

  test('names a sample that hangs while it hangs, in a log as well', async () => {
    const task = mkdtempSync(join(folder, 'hangs-'));
    const limits = 'limits: {time: 2, hard_time: 7}';
    writeFileSync(join(task, 'task.yaml'), `environment: default\n${limits}\nproblems: {q: {type: code}}\n`);
    writeFileSync(join(task, 'run'), '#!/bin/sh\nsleep 60\n');
    mkdirSync(join(task, 'samples'));
    writeFileSync(join(task, 'samples/stuck.yaml'), 'answers: {q: x}\nexpect: {verdict: timeout}\n');
    const { code, stderr } = await cli(['task', 'test', task]);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain(`0 of 1, now ${basename(task)}/stuck …\n`);
  });

  test('refuses a report that cannot be written before it grades', async () => {
    const quiz = join(PROJECT_FOLDER, 'examples/demo/quiz');
    const { code, stdout, stderr } = await cli(['task', 'test', quiz, '--junit', join(folder, 'none/r.xml')]);
    expect({ code, stdout }, stderr).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('no such file or directory');
  });
});

describe('gradeport task test with recorded submissions', () => {
  const course = mkdtempSync(join(folder, 'course-'));
  const put = (path: string, content: string) => {
    mkdirSync(dirname(join(course, path)), { recursive: true });
    writeFileSync(join(course, path), content, { mode: 0o755 });
  };
  put('course.yaml', 'name: Course');
  put(
    'echo/task.yaml',
    'name: Echo\nenvironment: default\nlimits: {time: "10"}\nproblems: {q: {type: code, name: Q}}',
  );
  put(
    'echo/run',
    '#!/bin/bash\ngetinput q | feedback-msg -i q; getinput @lang | feedback-msg\nfeedback-result failed',
  );
  const answer = 'input: {q: "a\\nb", "@lang": fr}\n';
  put('echo/test/s1.test', `${answer}result: failed\ngrade: 0.0\nproblems: {q: "a\\nb"}\ntext: fr`);
  put('echo/test/s2.test', `${answer}result: failed\nproblems: {q: "a\\nc"}\ntext: fr`);

  test('passes when results are the same, and names other texts', async () => {
    const { code, stdout, stderr } = await cli(['task', 'test', join(course, 'echo')]);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('✓ echo s1: failed (0 %)\n');
    expect(stdout).toContain('✓ echo s2: failed (0 %); other problems.q\n');
    expect(stderr).toContain('2 of 2 as expected. 1 with other texts or tags');
  });

  test('fails on other texts with --strict, and shows them', async () => {
    const { code, stdout } = await cli(['task', 'test', '--strict', join(course, 'echo')]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/✗ echo s2[\s\S]*problems\.q:\n {8}a\n {6}- c\n {6}\+ b\n/);
  });

  test('takes a whole course, with what cannot be read', async () => {
    put('broken/task.yaml', 'name: [');
    put('echo/test/s3.test', `${answer}result: success\ngrade: 100.0`);
    put('echo/test/s4.test', 'result: success');
    const { code, stdout, stderr } = await cli(['task', 'test', course, '--json']);
    expect(code).toBe(1);
    const results = JSON.parse(stdout) as { task: string; sample: string; differences: string[] }[];
    expect(results.map(({ task, sample, differences }) => [task, sample, differences.length])).toEqual([
      ['broken', 'task.yaml', 1],
      ['echo', 's1', 0],
      ['echo', 's2', 0],
      ['echo', 's3', 2],
      ['echo', 's4', 1],
    ]);
    expect(results[4]?.differences[0]).toContain('input: expected the map of answers');
    expect(stderr).toContain('2 of 5 as expected');
  });
});
