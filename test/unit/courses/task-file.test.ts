import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readInginiousTask } from '../../../server/courses/formats/inginious.ts';
import type { Task } from '../../../server/courses/task.ts';

const place = { id: 'fact', course: 'demo', folder: '/courses/demo/fact', file: 'demo/fact/task.yaml' };
const read = (text: string) => readInginiousTask(text, place);

function task(text: string): Task {
  const result = read(text);
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return result.task;
}

function faults(text: string): string[] {
  const result = read(text);
  const list = 'problems' in result ? result.problems : [];
  return list.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`);
}

const OLD = `
name: Fact
author: [one, two]
environment: java7
limits: {time: '30', hard_time: '', memory: "100", output: 2, disk: 0, language: x}
run_cmd: ''
network_grading: 'on'
order: '3'
file: ''
problems:
  "10": {type: code-single-line, name: First}
  "2": {type: multiple-choice, choices: [{text: a, valid: 'on'}, {text: 3}], unshuffle: true}
  f: {type: code-file, allowed_exts: [.c, .h], max_size: '1000'}
`;

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
  limits: {time: 2.5, hard_time: 9, memory: 64, pids: 20}
show_output: false
problems: {}
`);

  test('keeps its parameters together; those of the old format do not count', () => {
    expect(today.limits).toEqual({ cpuMs: 2500, wallMs: 9000, memoryBytes: 64 * 2 ** 20, pids: 20 });
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
    const answers = ['42', '3.5', '2.0', '-7.', '"2.0"', '017', 'é', ' ', '1_0'].map((answer) => {
      const [problem] = task(`environment: mcq\nproblems: {q: {type: match, answer: ${answer}}}`).problems;
      return problem?.type === 'match' ? problem.answer : null;
    });
    expect(answers).toEqual(['42', '3.5', '2.0', '-7.0', '2.0', '15', 'é', 'None', '10']);
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

const notices = (text: string) =>
  task(text).notices.map(({ line, column, message }) => `${line}:${column}: ${message}`);

describe('a task file that is readable but odd', () => {
  test('works, and tells which keys have no effect and what may be meant', () => {
    const text = `environment_id: c
environment_type: docker
environment_parameters: {limits: {tmie: 3}, shh_allowed: true}
wieght: 3
colour: blue
name: a
name: b
problems:
  q: {type: code, langauge: c}
`;
    expect(task(text)).toMatchObject({ name: 'b', weight: 1 });
    expect(notices(text).toSorted()).toEqual([
      '3:35: environment_parameters.limits.tmie: not known; did you mean "time"?',
      '3:45: environment_parameters.shh_allowed: not known; did you mean "ssh_allowed"?',
      '4:1: wieght: not known; did you mean "weight"?',
      '5:1: colour: this key is not known and has no effect',
      '7:1: name: it is there more than once; the last counts',
      '9:19: problems.q.langauge: not known; did you mean "language"?',
    ]);
  });

  test('has no notices for what INGInious’ own editor leaves behind', () => {
    expect(
      notices(`${OLD}tags: {}\nstored_submissions: 0\nsubmission_limit: {amount: -1, period: -1}\n`),
    ).toEqual([]);
  });

  test('keeps a plugin’s problem as a text that may stay empty, and says so', () => {
    const text =
      'environment: c\nproblems: {b: {type: blockly, name: B, header: h, language: javascript, toolbox: [x]}}';
    expect(task(text).problems).toEqual([
      {
        ...{ id: 'b', type: 'code', name: 'B', header: 'h', language: 'javascript', default: '' },
        ...{ optional: true, firstLine: 1, plugin: 'blockly' },
      },
    ]);
    expect(notices(text)).toEqual([
      '2:16: problems.b.type: "blockly" needs a plugin of INGInious; it is shown as a text to fill in',
    ]);
  });

  test('may have a program in a quiz, which is told: every submission to it crashes, as in INGInious', () => {
    expect(notices('environment: mcq\nproblems:\n  q:\n    type: code')[0]).toContain(
      '4:5: problems.q.type: only',
    );
  });

  test('may name a type of environment that only INGInious’ plugins know', () => {
    const text = 'environment_type: pythia\nenvironment_id: c\nproblems: []';
    expect(task(text)).toMatchObject({ environment: 'c', problems: [] });
    expect(notices(text)[0]).toContain('1:1: environment_type: expected one of docker');
  });

  test('has the limits that it can have: zero uploads and halves of megabytes are no fault', () => {
    const odd = task(
      'environment: c\nlimits: {output: 0.5, disk: "0"}\nproblems: {f: {type: file, max_size: 0}}',
    );
    expect(odd.limits).toEqual({ outputBytes: 2 ** 19 });
    expect(odd.problems[0]).toMatchObject({ maxBytes: null });
  });
});

describe('texts that YAML takes for something else', () => {
  test('are what the teacher wrote', () => {
    const [problem] = task(
      'environment: mcq\nproblems:\n  q: {type: multiple_choice, name: 2.0, success_message: Yes, choices: [{text: No, valid: true, feedback: on}, {text: 0x10}, {text: "a"}]}',
    ).problems;
    expect(problem).toMatchObject({
      ...{ name: '2.0', successMessage: 'Yes', errorMessage: null },
      choices: [{ text: 'No', valid: true, feedback: 'on' }, { text: '0x10', feedback: null }, { text: 'a' }],
    });
  });
});

describe('what a task says of its submissions', () => {
  const settings = (text: string) => task(`environment: c\nproblems: {}\n${text}`);

  test('is INGInious’ where it says nothing', () => {
    expect(settings('')).toMatchObject({
      ...{ weight: 1, evaluate: 'best', groups: false, storedSubmissions: 0, submissionLimit: null },
      ...{ categories: [], contactUrl: '', random: { count: 0, regenerate: false }, htmlFeedback: false },
    });
  });

  test('may be written as editors write it: numbers as text, on for yes', () => {
    const said = settings(
      'weight: "2.5"\nevaluate: last\ngroups: on\nstored_submissions: "3"\nsubmission_limit: {amount: "2", period: "24"}\n' +
        'categories: [a, b]\ncontact_url: mailto:x@example.org\ninput_random: "2"\nregenerate_input_random: "on"\nresponseIsHTML: true',
    );
    expect(said).toMatchObject({
      ...{ weight: 2.5, evaluate: 'last', groups: true, storedSubmissions: 3, categories: ['a', 'b'] },
      ...{ submissionLimit: { amount: 2, hours: 24 }, contactUrl: 'mailto:x@example.org' },
      ...{ random: { count: 2, regenerate: true }, htmlFeedback: true },
    });
    expect(said.notices.map(({ message }) => message)).toEqual([
      'groups: there are no groups here; everybody hands in alone',
    ]);
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

describe('a faulty task file', () => {
  test('tells all its faults at once, each with its line, its column and what was expected', () => {
    const text = `name: [1]
problems:
  q1:
    name: foo
    type: cod
  q 2: {type: code}
  q3:
    type: multiple_choice
    limit: -1
    choices:
      - text: a
      - {valid: true}
  q4:
  q5: {type: multiple_choice, choices: [{text: a}]}
accessible: 31/06/2020
environment_parameters: {limits: {time: -1}}
`;
    expect(faults(text)).toEqual([
      'demo/fact/task.yaml:1:1: name: expected text; got a list',
      'demo/fact/task.yaml:5:5: problems.q1.type: expected one of code, code_single_line, file, multiple_choice, match; got "cod"',
      'demo/fact/task.yaml:6:3: problems.q 2: expected an id of letters, digits, ".", "_" and "-"; got "q 2"',
      'demo/fact/task.yaml:9:5: problems.q3.limit: expected a whole number from 0; got -1',
      'demo/fact/task.yaml:12:9: problems.q3.choices.1.text: expected text; it is missing',
      'demo/fact/task.yaml:13:3: problems.q4: expected a map with the problem’s type; it is missing',
      'demo/fact/task.yaml:14:31: problems.q5.choices: expected at least one choice with valid: true',
      'demo/fact/task.yaml:15:1: accessible: expected true, false, or dates as "START", "START/END" or "START/SOFT END/END" (2026-09-14 08:00:00); got "31/06/2020"',
      'demo/fact/task.yaml:16:35: environment_parameters.limits.time: expected a number above 0; got -1',
    ]);
  });

  test('tells where its YAML is wrong', () => {
    expect(faults('name: x\n\tb: 3\nc: d: e')).toEqual([
      'demo/fact/task.yaml:2:1: YAML: Tabs are not allowed as indentation',
      'demo/fact/task.yaml:3:4: YAML: Nested mappings are not allowed in compact mappings',
    ]);
    expect(faults('')).toHaveLength(1);
    expect(faults('- a\n- b')[0]).toContain('expected a map');
  });

  test('cannot use up the server with aliases, size or the names of JavaScript’s own tables', () => {
    const level = (name: string, of: string) => `${name}: &${name} [${Array(9).fill(`*${of}`).join(', ')}]\n`;
    const bomb = `a: &a [x]\n${level('b', 'a')}${level('c', 'b')}${level('d', 'c')}${level('e', 'd')}`;
    expect(faults(bomb)[0]).toContain('YAML');
    expect(faults(`name: ${'x'.repeat(2 ** 20)}`)[0]).toContain('larger than');
    expect(faults('environment: c\nproblems: {__proto__: {type: code}}')).toHaveLength(1);
    expect(faults('environment: c\nproblems: {constructor: {type: code}}')).toEqual([]);
  });

  test('never throws, whatever it contains', () => {
    const scraps = fc.constantFrom(
      ...[
        'problems:',
        '  q:',
        ' - ',
        '\t',
        ': ',
        '{',
        '}',
        '[',
        '&a ',
        '*a ',
        '!!binary ',
        '<<: ',
        '"',
        "'",
        '|',
        '\n',
      ],
      ...[
        'type: code',
        'choices',
        'limits: ',
        'accessible: ',
        'environment: c\n',
        '---\n',
        '%',
        '? ',
        '__proto__: ',
      ],
    );
    const text = fc
      .array(fc.oneof(scraps, fc.string({ unit: 'binary', maxLength: 6 })))
      .map((list) => list.join(''));
    fc.assert(
      fc.property(text, (source) => {
        const result = read(source);
        expect('task' in result || result.problems.length > 0).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
