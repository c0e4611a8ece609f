/** The command line as people use it: real processes, real engine, exit codes and sentences. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { PROJECT_FOLDER } from '../../server/config.ts';
import { cli } from '../support/processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'gradeport-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, content: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const SUM = join(PROJECT_FOLDER, 'examples/demo/python-sum');
const RIGHT = 'def total(numbers):\n    return sum(numbers)\n';

describe('gradeport grade', () => {
  test('prints one JSON object with everything a script needs, and exits with 0 for a success', async () => {
    const answer = file('right.py', RIGHT);
    const { code, stdout, stderr } = await cli(['grade', SUM, '--answer', `code=@${answer}`, '--json']);
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      verdict: 'success',
      result: 'success',
      grade: 100,
      text: expect.any(String),
      problems: expect.any(Object),
      tests: expect.any(Object),
      custom: expect.any(Object),
      state: expect.any(String),
      environment: {
        name: 'default',
        image: expect.stringContaining('gradeport/'),
        digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
        runtime: 'crun',
      },
      timings: { startMs: expect.any(Number), graderMs: expect.any(Number), totalMs: expect.any(Number) },
      used: {
        cpuMs: expect.any(Number),
        wallMs: expect.any(Number),
        memoryBytes: expect.any(Number),
        outputBytes: expect.any(Number),
      },
    });
  });

  test('exits with 1 for a wrong answer and ends with a verdict that people can read', async () => {
    const { code, stdout, stderr } = await cli(['grade', SUM, '--answer', 'code=def total(n): return 0']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/failed · \d/);
    expect(stderr).toContain('Grading in environment default on crun');
  });

  test('takes the whole input map from a YAML or JSON file, "@" keys included', async () => {
    const task = file('input.yaml', `code: |\n  ${RIGHT.replace('\n', '\n  ')}\n"@lang": fr\n`);
    const { code, stderr } = await cli(['grade', SUM, '--answers', task, '--json']);
    expect(code, stderr).toBe(0);
  });

  test('marks a grader that runs the answer beside itself, in words and in JSON, and no other', async () => {
    const task = join(folder, 'shared');
    cpSync(SUM, task, { recursive: true });
    rmSync(join(task, 'run.py'), { force: true });
    const beside = '#!/bin/bash\ngetinput code > answer.py\npython3 answer.py && feedback-result success\n';
    writeFileSync(join(task, 'run'), beside, { mode: 0o755 });
    const shared = await cli(['grade', task, '--answer', 'code=print(1)']);
    expect(shared.stdout, shared.stderr).toContain('No student container was used.');
    const asJson = await cli(['grade', task, '--answer', 'code=print(1)', '--json']);
    expect(JSON.parse(asJson.stdout)).toMatchObject({ verdict: 'success', sharedContainer: true });
    const apart = await cli(['grade', SUM, '--answer', `code=${RIGHT}`, '--json']);
    expect(JSON.parse(apart.stdout)).toMatchObject({ verdict: 'success', sharedContainer: false });
  });

  test('keeps what the run left, and follows no link in it', async () => {
    const task = join(folder, 'leaves');
    cpSync(SUM, task, { recursive: true });
    rmSync(join(task, 'run.py'), { force: true });
    const run =
      '#!/bin/bash\nrun_student "sh -c \'echo mine > made; ln -s /etc/shadow stolen\'"\nfeedback-result success\n';
    writeFileSync(join(task, 'run'), run.replace('run_student', 'cd student; run_student'), { mode: 0o755 });
    const kept = join(folder, 'kept');
    const { code, stderr } = await cli(['grade', task, '--answer', 'code=x', '--keep', kept]);
    expect(code, stderr).toBe(0);
    expect(readFileSync(join(kept, 'student/made'), 'utf8')).toBe('mine\n');
    expect(existsSync(join(kept, 'student/stolen'))).toBe(false);
    expect(stderr).toContain('left out /stolen: a link');
    expect(readFileSync(join(kept, 'task/run'), 'utf8')).toContain('ln -s');
    const again = await cli(['grade', task, '--answer', 'code=x', '--keep', kept]);
    expect(again.code).toBe(2);
    expect(again.stderr).toContain(`--keep: ${kept} is not empty`);
  });

  test('checks the answers to a quiz without any engine', async () => {
    const quiz = join(PROJECT_FOLDER, 'examples/demo/quiz');
    const { code, stderr } = await cli(['grade', quiz, '--answers', file('quiz.yaml', '{}')], {
      env: { DOCKER_HOST: 'unix:///nowhere.sock' },
    });
    expect(code, stderr).toBe(2);
    expect(stderr).toContain('has no answer yet');
  });

  test('exits with 5 and says what to do when the engine does not answer', async () => {
    const { code, stderr } = await cli(['grade', SUM, '--answer', `code=${RIGHT}`], {
      env: { DOCKER_HOST: 'unix:///nowhere.sock' },
    });
    expect(code).toBe(5);
    expect(stderr).toContain('npm run engine -- start');
  });

  test.each([
    ['a folder without a task', ['grade', folder], /task\.yaml: there is no such file/],
    ['an unknown problem', ['grade', SUM, '--answer', 'q9=1'], /no problem “q9”/],
    ['a missing answer', ['grade', SUM], /has no answer yet/],
    ['an answer without =', ['grade', SUM, '--answer', 'code'], /expected <problem>=<text>/],
    [
      'an answer file that is not there',
      ['grade', SUM, '--answer', 'code=@/nowhere'],
      /Cannot read \/nowhere/,
    ],
    ['an unknown option', ['grade', SUM, '--colour'], /unknown option/],
    ['no folder', ['grade'], /missing required argument/],
  ])('exits with 2 and names what is wrong: %s', async (_, args, sentence) => {
    const { code, stderr, stdout } = await cli(args);
    expect(stderr).toMatch(sentence);
    expect(code).toBe(2);
    expect(stdout).toBe('');
  });

  test('names file, line and column of a task.yaml that cannot be read', async () => {
    const task = mkdtempSync(join(folder, 'bad-'));
    writeFileSync(
      join(task, 'task.yaml'),
      'name: x\nenvironment_id: default\nenvironment_type: docker\nproblems:\n  q1:\n    type: cod\n',
    );
    const { code, stderr } = await cli(['grade', task, '--answer', 'q1=x']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/task\.yaml:6:\d+: .*expected one of code/);
  });

  test('refuses kata and nvidia, which are not installed here, with what is', async () => {
    for (const runtime of ['kata', 'nvidia']) {
      const { code, stderr } = await cli(['grade', SUM, '--answer', `code=${RIGHT}`, '--runtime', runtime]);
      expect(code).not.toBe(0);
      expect(stderr).toMatch(new RegExp(`no runtime "${runtime}".*crun, runc`));
    }
  });

  test('says which image a task needs when no environment has its name', async () => {
    const task = mkdtempSync(join(folder, 'unknown-'));
    writeFileSync(
      join(task, 'task.yaml'),
      'name: x\nenvironment_id: cobol\nenvironment_type: docker\nproblems:\n  q1: {type: code, name: q}\n',
    );
    const { code, stderr } = await cli(['grade', task, '--answer', 'q1=x']);
    expect(code).toBe(1);
    expect(stderr).toContain('LABEL org.gradeport.grading.name=cobol');
  });
});

describe('gradeport env', () => {
  test('lists every shipped environment with the promised fields', async () => {
    const { code, stdout } = await cli(['env', 'list', '--json']);
    expect(code).toBe(0);
    const list = JSON.parse(stdout) as Record<string, unknown>[];
    const names = list.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['default', 'c', 'java', 'sandbox-root']));
    for (const environment of list) {
      expect(environment).toMatchObject({
        name: expect.any(String),
        title: expect.any(String),
        image: expect.any(String),
        digest: expect.stringMatching(/^sha256:/),
        size: expect.any(Number),
        created: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        reason: expect.any(String),
        needRoot: expect.any(Boolean),
        needGpu: expect.any(Boolean),
        available: expect.any(Boolean),
      });
    }
    expect(list.find(({ name }) => name === 'sandbox-root')).toMatchObject({
      needRoot: true,
      runtime: 'runsc',
    });
  });

  test('shows one by its alias, and exits with 4 for one that is not there', async () => {
    expect((await cli(['env', 'show', 'java8', '--json'])).stdout).toContain('"name": "java"');
    const missing = await cli(['env', 'show', 'cobol']);
    expect(missing.code).toBe(4);
    expect(missing.stderr).toContain('gradeport env list');
  });
});

describe('gradeport task test', () => {
  test('grades every sample and says which came out otherwise than they must', async () => {
    const quiz = join(PROJECT_FOLDER, 'examples/demo/quiz');
    const fine = await cli(['task', 'test', quiz, '--json'], {
      env: { DOCKER_HOST: 'unix:///nowhere.sock' },
    });
    expect(fine.code, fine.stderr).toBe(0);
    expect(JSON.parse(fine.stdout)).toContainEqual({
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
    const wrong = await cli(['task', 'test', copy]);
    expect(wrong).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('expected verdict failed, got success'),
    });
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

describe('gradeport user', () => {
  test('changes roles and removes, without touching what was not asked for', async () => {
    const at = ['--data', join(folder, 'roles')];
    await cli(['user', 'add', 'ann', '--course', 'demo', ...at]);
    const teacher = await cli([
      'user',
      'role',
      'ann',
      '--course',
      'algebra',
      '--role',
      'teacher',
      '--json',
      ...at,
    ]);
    expect(JSON.parse(teacher.stdout)).toEqual({
      name: 'ann',
      operator: false,
      roles: { demo: 'student', algebra: 'teacher' },
    });
    expect((await cli(['user', 'role', 'ann', '--operator', ...at])).stderr).toContain(
      'ann is now operator, student of demo',
    );
    expect((await cli(['user', 'remove', 'ann', ...at])).code).toBe(0);
    expect((await cli(['user', 'remove', 'ann', ...at])).code).toBe(4);
    expect((await cli(['user', 'list', '--data', join(folder, 'nowhere')])).stderr).toContain(
      'no installation in',
    );
  });

  test('adds, lists and renews, and refuses a name that is taken', async () => {
    const at = ['--data', join(folder, 'data')];
    const added = await cli(['user', 'add', 'Ann', '--course', 'demo', '--json', ...at]);
    expect(added.code, added.stderr).toBe(0);
    expect(JSON.parse(added.stdout)).toMatchObject({
      name: 'ann',
      roles: { demo: 'student' },
      password: expect.any(String),
    });
    const twice = await cli(['user', 'add', 'ann', ...at]);
    expect(twice).toMatchObject({ code: 1, stderr: expect.stringContaining('already a user "ann"') });
    const short = await cli(['user', 'add', 'bob', '--password-stdin', ...at], { stdin: 'short\n' });
    expect(short).toMatchObject({ code: 2, stderr: expect.stringContaining('at least 8 characters') });
    const list = await cli(['user', 'list', '--json', ...at]);
    expect((JSON.parse(list.stdout) as unknown[]).length).toBe(1);
    expect(list.stdout).not.toContain('argon2');
    expect((await cli(['user', 'password', 'ann', ...at])).stdout.trim().length).toBeGreaterThan(8);
    expect((await cli(['user', 'password', 'nobody', ...at])).code).toBe(4);
  });
});
