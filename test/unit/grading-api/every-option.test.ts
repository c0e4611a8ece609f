/**
 * Every command of INGInious' container API with every option, by its short and its long name: none may be missing.
 * What they do in depth is in conformance.test.ts and commands.test.ts; student containers are in run-student.test.ts.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { API_FOLDER } from '../../support/grading-api/container.ts';
import { createDesk, type Desk } from '../../support/grading-api/desk.ts';

let desk: Desk;
beforeEach(() => {
  desk = createDesk({ '@lang': 'fr', q1: 'answer', list: ['0', '2'], n: 3 });
});
afterEach(() => desk[Symbol.dispose]());

const COMMANDS = [
  ...['archive', 'feedback', 'feedback-custom', 'feedback-grade', 'feedback-msg', 'feedback-msg-tpl'],
  ...['feedback-result', 'feedback-state', 'getinput', 'inginious-ipython', 'parsetemplate', 'rst-code'],
  ...['rst-image', 'rst-indent', 'rst-msgblock', 'run_student', 'ssh_student', 'tag', 'tag-set'],
];

test('every command is there, and no other', () => {
  expect(readdirSync(join(API_FOLDER, 'commands')).sort()).toEqual(COMMANDS);
});

describe.each(COMMANDS.filter((name) => name !== 'inginious-ipython'))('%s', (command) => {
  test.each(['-h', '--help'])('says with %s how it is used', (option) => {
    const { code, stdout } = desk.call(command, [option]);
    expect(code).toBe(0);
    expect(stdout).toContain(`usage: ${command}`);
  });

  test('ends with 2 on an option that it does not have', () => {
    const { code, stderr } = desk.call(command, ['--no-such-option']);
    expect(code).toBe(2);
    expect(stderr).toContain('unrecognized arguments: --no-such-option');
  });
});

type Spelling = [command: string, ...args: string[]];

describe('options that change the feedback', () => {
  test.each<[Spelling, Record<string, unknown>]>([
    [['feedback-result', 'success'], { result: 'success' }],
    [['feedback-result', '-i', 'q1', 'failed'], { problems: { q1: ['failed', ''] } }],
    [['feedback-result', '--id', 'q1', 'failed'], { problems: { q1: ['failed', ''] } }],
    [['feedback-grade', '12.5'], { grade: 12.5 }],
    [['feedback-msg', '-m', 'm'], { text: 'm' }],
    [['feedback-msg', '--message', 'm'], { text: 'm' }],
    [['feedback-msg', '-m', ''], { text: 'from stdin' }],
    [['feedback-msg'], { text: 'from stdin' }],
    [['feedback-msg', '-i', 'q1', '-m', 'm'], { problems: { q1: 'm' } }],
    [['feedback-msg', '--id', 'q1', '-m', 'm'], { problems: { q1: 'm' } }],
    [['feedback-msg', '-e', '-m', 'a\\nb'], { text: 'a\nb' }],
    [['feedback-msg', '--escape', '-m', 'a\\nb'], { text: 'a\nb' }],
    [['feedback-custom', 'k', '3'], { custom: { k: 3 } }],
    [['feedback-custom', 'k', '1.5'], { custom: { k: 1.5 } }],
    [['feedback-custom', 'k', '[1]'], { custom: { k: '[1]' } }],
    [['feedback-custom', '-j', 'k', '[1]'], { custom: { k: [1] } }],
    [['feedback-custom', '--json', 'k', '{"a": null}'], { custom: { k: { a: null } } }],
    [['feedback-state', 's'], { state: 's' }],
    [['tag-set', 't', 'true'], { tests: { t: true } }],
    [['tag-set', 't', 'no'], { tests: { t: false } }],
    [['feedback', '-r', 'success'], { result: 'success' }],
    [['feedback', '--result', 'success'], { result: 'success' }],
    [['feedback', '-g', '7'], { grade: 7 }],
    [['feedback', '--grade', '7'], { grade: 7 }],
    [['feedback', '-f', 'f'], { text: 'f' }],
    [['feedback', '--feedback', 'f'], { text: 'f' }],
    [['feedback', '-i', 'q1', '-r', 'failed', '-f', 'f'], { problems: { q1: ['failed', 'f'] } }],
    [['feedback', '--id', 'q1', '-f', 'f'], { problems: { q1: 'f' } }],
    [['feedback', '-e', '-f', 'a\\tb'], { text: 'a\tb' }],
    [['feedback', '--escape', '-f', 'a\\tb'], { text: 'a\tb' }],
    [['feedback', '-c', 'k:v:w'], { custom: { k: 'v:w' } }],
    [['feedback', '--custom', 'k:v'], { custom: { k: 'v' } }],
    [['feedback', '-j', 'k:[1]'], { custom: { k: [1] } }],
    [['feedback', '--custom-json', 'k:{"a": 1}'], { custom: { k: { a: 1 } } }],
  ])('%j', ([command, ...args], expected) => {
    expect(desk.call(command, args, 'from stdin')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(desk.feedback()).toEqual(expected);
  });

  test.each([['-a'], ['--append']])('feedback-msg %s goes on where the text ended', (append) => {
    desk.call('feedback-msg', ['-m', 'one']);
    desk.call('feedback-msg', [append, '-m', 'two']);
    desk.call('feedback-msg', ['-i', 'q1', '-m', 'three']);
    desk.call('feedback-msg', ['-i', 'q1', append, '-m', 'four']);
    expect(desk.feedback()).toEqual({ text: 'onetwo', problems: { q1: 'threefour' } });
  });

  test.each([['-p'], ['--print']])('feedback %s prints what there is', (print) => {
    const { stdout } = desk.call('feedback', ['-r', 'success', print]);
    expect(JSON.parse(stdout)).toEqual({ result: 'success' });
  });

  test('tag adds a free text', () => {
    desk.call('tag', ['a text']);
    expect(Object.values(Object(desk.feedback()['tests']))).toEqual(['a text']);
  });

  test.each([
    [['feedback', '-c', 'no-colon'], '--custom is key:value'],
    [['feedback-msg-tpl', 'fb', 'a=b=c'], 'each option is name=value'],
    [['feedback-msg-tpl', 'fb', 'word'], 'each option is name=value'],
  ])('%j ends with 2', ([command = '', ...args], sentence) => {
    const { code, stderr } = desk.call(command, args);
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
  });

  test.each([
    [['-i', 'q1'], { problems: { q1: expect.stringContaining('fb') } }],
    [['--id', 'q1'], { problems: { q1: expect.stringContaining('fb') } }],
    [['-a'], { text: expect.stringMatching(/^before[\s\S]*fb/) }],
    [['--append'], { text: expect.stringMatching(/^before[\s\S]*fb/) }],
    [[], { text: expect.not.stringContaining('before') }],
  ])('feedback-msg-tpl %j, of a template that is not there', (options, expected) => {
    desk.call('feedback-msg', ['-m', 'before']);
    expect(desk.call('feedback-msg-tpl', ['fb', ...options]).code).toBe(0);
    expect(desk.feedback()).toMatchObject(expected);
  });
});

describe('options that change what is printed', () => {
  const code = (language: string, text: string) => `\n\n.. code-block:: ${language}\n\n${text}\n\n\n`;
  const box = (head: string, css: string, text: string) =>
    `\n\n.. ${head}\n\t:class: alert alert-${css}\n\n\t${text}\n\n\n`;
  const image = (format: string) => `\n\n.. raw:: html\n\n\t<img src="data:image/${format};base64,R0lG">\n\n`;

  test.each<[Spelling, string]>([
    [['rst-code'], code('', '\tfrom\n\tstdin')],
    [['rst-code', '-c', 'x'], code('', '\tx')],
    [['rst-code', '--code', 'x'], code('', '\tx')],
    [['rst-code', '-l', 'python', '-c', 'x'], code('python', '\tx')],
    [['rst-code', '--language', 'python', '-c', 'x'], code('python', '\tx')],
    [['rst-code', '-c', '  x'], '\n\n.. code-block:: \n\t:class: output\n\n\t  x\n\n\n'],
    [['rst-code', '-e', '-c', 'x\\ny'], code('', '\tx\n\ty')],
    [['rst-code', '--escape', '-c', 'x\\ny'], code('', '\tx\n\ty')],
    [['rst-image', 'i.gif'], image('gif')],
    [['rst-image', '-f', 'png', 'i.gif'], image('png')],
    [['rst-image', '--format', 'png', 'i.gif'], image('png')],
    [['rst-indent'], '\tfrom\n\tstdin\n\n'],
    [['rst-indent', '-m', 'x'], '\tx\n\n'],
    [['rst-indent', '--message', 'x'], '\tx\n\n'],
    [['rst-indent', '-c', '-', '-m', 'x'], '-x\n\n'],
    [['rst-indent', '--indent-char', '.', '-m', 'x'], '.x\n\n'],
    [['rst-indent', '-a', '2', '-m', 'x'], '\t\tx\n\n'],
    [['rst-indent', '--amount', '-1', '-m', '\tx'], 'x\n\n'],
    [['rst-indent', '-e', '-m', 'x\\ny'], '\tx\n\ty\n\n'],
    [['rst-indent', '--escape', '-m', 'x\\ny'], '\tx\n\ty\n\n'],
    [['rst-msgblock', '-m', 'x'], box('note:: ', 'info', 'x')],
    [['rst-msgblock', '--message', 'x'], box('note:: ', 'info', 'x')],
    [['rst-msgblock', '-c', 'danger', '-m', 'x'], box('note:: ', 'danger', 'x')],
    [['rst-msgblock', '--class', 'danger', '-m', 'x'], box('note:: ', 'danger', 'x')],
    [['rst-msgblock', '-t', 'T', '-m', 'x'], box('admonition:: T', 'info', 'x')],
    [['rst-msgblock', '--title', 'T', '-m', 'x'], box('admonition:: T', 'info', 'x')],
    [['rst-msgblock', '-e', '-m', 'x\\ny'], box('note:: ', 'info', 'x\n\ty')],
    [['rst-msgblock', '--escape', '-m', 'x\\ny'], box('note:: ', 'info', 'x\n\ty')],
    [['rst-msgblock'], box('note:: ', 'info', 'from\n\tstdin')],
    [['getinput', 'q1'], 'answer'],
    [['getinput', 'list'], '["0", "2"]'],
    [['getinput', 'n'], '3'],
    [['getinput', '@lang'], 'fr'],
  ])('%j', ([command, ...args], expected) => {
    desk.write('i.gif', 'GIF');
    expect(desk.call(command, args, 'from\nstdin')).toEqual({ code: 0, stdout: expected, stderr: '' });
  });

  test('getinput ends with 1 for an unknown id, and with 2 where there is no input', () => {
    expect(desk.call('getinput', ['nope'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('nope'),
    });
    using empty = createDesk(null);
    expect(empty.call('getinput', ['q1']).code).toBe(2);
  });
});

describe('parsetemplate', () => {
  test.each([
    [['t'], 't'],
    [['-o', 'new/u', 't'], 'new/u'],
    [['--output', 'new/u', 't'], 'new/u'],
    [['t', '-o', 'u'], 'u'],
  ])('%j writes %s', (args, written) => {
    desk.write('t', '<@@q1@@>');
    expect(desk.call('parsetemplate', args)).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(desk.read(written)).toBe('<answer>');
    expect(desk.read('t')).toBe(written === 't' ? '<answer>' : '<@@q1@@>');
  });

  test('ends with 2 where there is no such file', () => {
    expect(desk.call('parsetemplate', ['nope'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Input file not found'),
    });
  });
});

describe('the Python API', () => {
  const python = (...lines: string[]) => desk.call('python3', ['-c', lines.join('\n')]);

  test('has every function, under both names of the package', () => {
    const modules: Record<string, string[]> = {
      feedback: [
        ...['set_global_result', 'set_problem_result', 'set_grade', 'set_global_feedback'],
        ...['set_problem_feedback', 'set_state', 'set_tag', 'tag', 'set_custom_value', 'get_feedback'],
        ...['save_feedback', 'set_feedback_from_tpl', 'load_feedback', '_load_feedback'],
      ],
      input: [
        ...['get_input', 'get_username', 'get_lang', 'get_submission_time', 'parse_template'],
        ...['load_input', '_load_input'],
      ],
      rst: ['get_codeblock', 'get_imageblock', 'get_admonition', 'indent_block'],
      lang: ['init', 'get_lang_dir_path'],
      run_student: ['run_student', 'run_student_simple'],
      ssh_student: ['ssh_student'],
    };
    const lines = Object.entries(modules).flatMap(([module, names]) =>
      ['inginious', 'inginious_container_api'].map(
        (name) => `from ${name}.${module} import ${names.join(', ')}`,
      ),
    );
    lines.push('from inginious.run_types import run_types', 'print(sorted(run_types))');
    expect(python(...lines)).toEqual({ code: 0, stdout: "['py', 'py3', 'sh']\n", stderr: '' });
  });

  test('refuses feedback that is no text, says where translations are, and whether a template was there', () => {
    const { stdout } = python(
      'from inginious import feedback, lang',
      'for call in (lambda: feedback.set_global_feedback(3), lambda: feedback.set_problem_feedback(b"x", "q1")):',
      '    try: call()',
      '    except ValueError as error: print(error)',
      'print(lang.get_lang_dir_path(), feedback.set_feedback_from_tpl("nope", {}))',
    );
    expect(stdout).toBe('a feedback is a str, not int\na feedback is a str, not bytes\n/task/lang False\n');
  });

  test('keeps what a grader read, changed and saved', () => {
    python(
      'from inginious import feedback',
      'feedback.set_global_result("failed")',
      'all = feedback.get_feedback(); all["grade"] = 5.0; feedback.save_feedback(all)',
    );
    expect(desk.feedback()).toEqual({ result: 'failed', grade: 5 });
  });
});
