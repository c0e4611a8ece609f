import { describe, expect, test } from 'vitest';
import { OLD, task } from '../../../support/task-file.ts';

describe('a task file of INGInious before 0.7', () => {
  const old = task(OLD);

  test('names its environment and its limits at the top, numbers as text', () => {
    expect(old.environment).toBe('java7');
    expect(old.limits).toEqual({
      cpuMs: 30_000,
      wallMs: 90_000,
      memoryBytes: 100 * 2 ** 20,
      outputBytes: 2 * 2 ** 20,
    });
    expect(old).toMatchObject({ network: true, order: 3, author: '', runCommand: null });
  });

  test('has tags of its own, each with its id in it; faulty ones are no fault of the task', () => {
    const tags = (written: string) => task(`${OLD}tags: ${written}\n`).tags;
    expect(tags("{'0': {id: slow, name: Too slow, description: 2.0, visible: 'on', type: '1'}}")).toEqual([
      { id: 'slow', name: 'Too slow', description: '2.0', visible: true, kind: 'misconception' },
    ]);
    for (const none of ['[]', '{}', 'null', '3', '{a: 3}']) expect(tags(none)).toEqual([]);
  });

  test('has hyphenated types, and keeps its problems in the order of the file', () => {
    expect(old.problems.map(({ id, type }) => [id, type])).toEqual([
      ['10', 'code_single_line'],
      ['2', 'multiple_choice'],
      ['f', 'file'],
    ]);
    expect(old.problems[1]).toMatchObject({ shuffle: false, choices: [{ valid: true }, { text: '3' }] });
    expect(old.problems[2]).toMatchObject({ maxBytes: 1000, extensions: ['.c', '.h'] });
  });
});

describe('a task file of today', () => {
  const today = task(`
environment_type: docker
environment_id: c
limits: {time: 99}
environment_parameters:
  run_cmd: /bin/sh -c  x
  limits: {time: 2.5, hard_time: 9, memory: 64, pids: 20, tmp: 1.5}
show_output: false
problems: {}
`);

  test('keeps its parameters together; those of the old format do not count', () => {
    expect(today.limits).toEqual({
      cpuMs: 2500,
      wallMs: 9000,
      memoryBytes: 64 * 2 ** 20,
      pids: 20,
      tmpBytes: 1.5 * 2 ** 20,
    });
  });

  test('splits its command at single spaces, as INGInious does', () => {
    expect(today.runCommand).toEqual(['/bin/sh', '-c', '', 'x']);
  });

  test('is named by its id where it has no name, and may hide what the grader prints', () => {
    expect(today).toMatchObject({ name: 'Task fact', showOutput: false, order: -1, weight: 1 });
  });

  test('asks for the environment "default" where it names only a type', () => {
    expect(task('environment_type: kata\nproblems: {}').environment).toBe('default');
  });

  test('asks for root or a GPU with the types that give them, and for neither else', () => {
    expect(task('environment_type: kata-ssh\nproblems: {}').environmentNeeds).toEqual({
      needRoot: true,
      needGpu: false,
    });
    expect(task('environment_type: nvidia\nproblems: {}').environmentNeeds).toEqual({
      needRoot: false,
      needGpu: true,
    });
    expect(task('environment_type: docker-ssh\nproblems: {}').environmentNeeds).toBeUndefined();
  });

  test('offers a terminal with the types that end in -ssh, and with ssh_allowed', () => {
    const offers = (text: string) => task(`${text}\nproblems: {}`).terminal;
    for (const type of ['docker-ssh', 'nvidia-ssh', 'kata-ssh'])
      expect(offers(`environment_type: ${type}`)).toBe(true);
    expect(offers('environment_type: docker\nenvironment_parameters: {ssh_allowed: true}')).toBe(true);
    expect(offers('environment: default\nssh_allowed: true')).toBe(true);
    expect(offers('environment_type: docker')).toBe(false);
    expect(offers('environment_type: docker\nenvironment_parameters: {ssh_allowed: false}')).toBe(false);
  });

  test('needs no environment when it is a quiz', () => {
    expect(task('environment_type: mcq\nproblems: {q: {type: match, answer: 42}}').environment).toBeNull();
    expect(task('environment: mcq\nproblems: {q: {type: match, answer: 1}}').environment).toBeNull();
  });

  test('compares a match answer with what Python would print of it', () => {
    const [yes] = task('environment: mcq\nproblems: {q: {type: match, answer: true}}').problems;
    expect(yes).toMatchObject({ answer: 'True' });
    const written = [
      '42',
      '3.5',
      '2.0',
      '-7.',
      '"2.0"',
      '017',
      'é',
      ' ',
      '1_0',
      '10:30',
      '"10:30"',
      'y',
      '.50',
    ];
    const answers = written.map((answer) => {
      const [problem] = task(`environment: mcq\nproblems: {q: {type: match, answer: ${answer}}}`).problems;
      return problem?.type === 'match' ? problem.answer : null;
    });
    expect(answers).toEqual([
      ...['42', '3.5', '2.0', '-7.0', '2.0', '15', 'é', 'None', '10', '630', '10:30', 'y', '0.5'],
    ]);
  });

  test('is open as it says, in the server’s time, or in the zone it names', () => {
    const access = (value: string) => task(`environment: c\nproblems: {}\naccessible: ${value}`).access;
    expect(access('true')).toEqual({ open: true, from: null, softUntil: null, until: null });
    expect(access('false').open).toBe(false);
    expect(access('2026-09-14')).toMatchObject({ from: new Date(2026, 8, 14).getTime(), until: null });
    expect(access('/31/12/2026 23:59')).toMatchObject({
      from: null,
      until: new Date(2026, 11, 31, 23, 59).getTime(),
    });
    expect(access('2026-01-01T00:00:00Z/2027-03-01/2027-02-01 10:00:00+02:00')).toMatchObject({
      from: Date.UTC(2026, 0, 1),
      softUntil: Date.UTC(2027, 1, 1, 8),
      until: Date.UTC(2027, 1, 1, 8),
    });
  });
});

describe('texts that YAML takes for something else', () => {
  test('are what the teacher wrote', () => {
    const [problem] = task(
      'environment: mcq\nproblems:\n  q: {type: multiple_choice, name: 2.0, success_message: Yes, choices: [{text: No, valid: true, feedback: on}, {text: 0x10}, {text: "a"}]}',
    ).problems;
    expect(problem).toMatchObject({
      name: '2.0',
      successMessage: 'Yes',
      errorMessage: null,
      choices: [{ text: 'No', valid: true, feedback: 'on' }, { text: '0x10', feedback: null }, { text: 'a' }],
    });
  });
});

describe('what a task says of its submissions', () => {
  const settings = (text: string) => task(`environment: c\nproblems: {}\n${text}`);

  test('is INGInious’ where it says nothing', () => {
    expect(settings('')).toMatchObject({
      weight: 1,
      evaluate: 'best',
      groups: false,
      storedSubmissions: 0,
      submissionLimit: null,
      categories: [],
      contactUrl: '',
      random: { count: 0, regenerate: false },
      htmlFeedback: false,
    });
  });

  test('may be written as editors write it: numbers as text, on for yes', () => {
    const said = settings(
      'weight: "2.5"\nevaluate: last\ngroups: on\nstored_submissions: "3"\nsubmission_limit: {amount: "2", period: "24"}\n' +
        'categories: [a, b]\ncontact_url: mailto:x@example.org\ninput_random: "2"\nregenerate_input_random: "on"\nresponseIsHTML: true',
    );
    expect(said).toMatchObject({
      weight: 2.5,
      evaluate: 'last',
      groups: true,
      storedSubmissions: 3,
      categories: ['a', 'b'],
      submissionLimit: { amount: 2, hours: 24 },
      contactUrl: 'mailto:x@example.org',
      random: { count: 2, regenerate: true },
      htmlFeedback: true,
    });
    expect(said.notices).toEqual([]);
  });

  test('knows a limit without hours, and none', () => {
    expect(settings('submission_limit: {amount: 5, period: -1}').submissionLimit).toEqual({
      amount: 5,
      hours: null,
    });
    expect(settings('submission_limit: {amount: -1, period: 3}').submissionLimit).toBeNull();
    expect(settings('submission_limit: ').submissionLimit).toBeNull();
  });

  test('falls back to the best submission where the student was to choose one', () => {
    expect(settings('evaluate: student')).toMatchObject({
      evaluate: 'best',
      notices: [{ message: 'evaluate: expected best or last; "best" is taken' }],
    });
  });
});
