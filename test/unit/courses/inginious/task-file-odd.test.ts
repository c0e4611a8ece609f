/** Task files that are readable but odd, and those that cannot be read. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { faults, notices, OLD, read, task } from '../../../support/task-file.ts';

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
        id: 'b',
        type: 'code',
        name: 'B',
        header: 'h',
        language: 'javascript',
        default: '',
        optional: true,
        firstLine: 1,
        plugin: 'blockly',
      },
    ]);
    expect(notices(text)).toEqual([
      '2:16: problems.b.type: "blockly" needs a plugin of INGInious; it is shown as a text to fill in, which the grader gets as "b"',
    ]);
  });

  test('may have a program in a quiz, which is reported: every submission to it crashes, as in INGInious', () => {
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

describe('a task file whose words YAML takes for something else', () => {
  test('has the names, texts and environment that were written', () => {
    expect(
      task('name: 1.10\ncontext: No\nenvironment: 2.0\nproblems: {y: {type: code}, n: {type: code}}'),
    ).toMatchObject({
      name: '1.10',
      context: 'No',
      environment: '2.0',
      problems: [{ id: 'y' }, { id: 'n' }],
    });
  });

  test('may write hours where a number is asked for', () => {
    expect(
      task('environment: c\nproblems: {}\nlimits: {time: 1:30, hard_time: 1e3, memory: 0x40}').limits,
    ).toEqual({
      cpuMs: 90_000,
      wallMs: 1_000_000,
      memoryBytes: 64 * 2 ** 20,
    });
  });

  test('reports which answers only Python’s way of writing them fits', () => {
    const answer = (written: string) =>
      notices(`environment: mcq\nproblems:\n  q: {type: match, answer: ${written}}`);
    expect(answer('yes')).toEqual([
      '3:20: problems.q.answer: only "True" is right; to ask for "yes", put it in quotes',
    ]);
    expect(answer('10:30')[0]).toContain('only "630" is right; to ask for "10:30"');
    expect(answer('010')[0]).toContain('only "8" is right');
    for (const fine of ['42', '"yes"', "'10:30'", '3.5', 'word', '08', '1e3'])
      expect(answer(fine)).toEqual([]);
  });

  test('may merge the same settings into many problems', () => {
    const text =
      'environment: c\nshared: &s {type: code, language: c}\nproblems:\n  a: {<<: *s, name: A}\n  b: {<<: *s, language: java}\n';
    expect(task(text).problems).toMatchObject([
      { id: 'a', name: 'A', language: 'c' },
      { id: 'b', language: 'java' },
    ]);
    expect(notices(text)).toEqual(['2:1: shared: this key is not known and has no effect']);
    expect(task('environment: c\nall: &p {a: {type: code}}\nproblems: {<<: *p}').problems).toHaveLength(1);
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
      'demo/fact/task.yaml:2:1: YAML: a tab is at the beginning of this line: put blanks in its place',
      'demo/fact/task.yaml:3:4: YAML: a text with ":" in it needs quotes: c: "d: e"',
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
