/** gradeport grade, as people use it: real processes, real engine, exit codes and sentences. */
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { PROJECT_FOLDER } from '../../server/config/config.ts';
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
    expect(stderr).toContain(
      'no socket unix:///nowhere.sock (DOCKER_HOST). Start that engine, or: unset DOCKER_HOST',
    );
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
