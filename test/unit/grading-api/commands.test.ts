/** The commands and the Python API outside a container, on files named by GRADEPORT_INPUT and GRADEPORT_OUTPUT. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { reportSchema } from '../../../grading-api/report.ts';
import { createDesk, type Desk } from '../../support/grading-api/desk.ts';

let desk: Desk;
beforeEach(() => {
  desk = createDesk({ '@lang': 'fr', 'q.1': 'a\nb', n: 3 });
});
afterEach(() => desk[Symbol.dispose]());

const call: Desk['call'] = (...args) => desk.call(...args);
const feedback = () => desk.feedback();
/** Run a grader's run.py. */
function script(...lines: string[]) {
  desk.write('run.py', lines.join('\n'));
  return call('inginious-ipython', ['run.py']);
}

describe('command lines are read as by INGInious', () => {
  test.each<[string, string[], Record<string, unknown>]>([
    [
      'options before and after',
      ['feedback-result', 'failed', '-i', 'q1'],
      { problems: { q1: ['failed', ''] } },
    ],
    ['glued options', ['feedback-msg', '-aiq1', '-mx'], { problems: { q1: 'x' } }],
    ['long options with =', ['feedback-msg', '--message=a=b', '--append'], { text: 'a=b' }],
    ['shortened long options', ['feedback', '--res', 'success'], { result: 'success' }],
    ['a negative number', ['feedback-grade', '-5'], { grade: -5 }],
    ['a negative word with a space', ['feedback-state', '-x y'], { state: '-x y' }],
    ['everything after --', ['feedback-state', '--', '-i'], { state: '-i' }],
    ['a number as custom value', ['feedback-custom', 'k', '1e3'], { custom: { k: 1000 } }],
    ['escapes', ['feedback-msg', '-em', 'é\\n\\x41'], { text: 'é\nA' }],
  ])('%s', (_, [program, ...args], expected) => {
    expect(call(program as string, args)).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(feedback()).toEqual(expected);
  });

  test.each([
    [['feedback-result'], 'something is missing'],
    [['feedback-result', 'a', 'b'], 'unrecognized arguments: b'],
    [['ssh_student', '--memory'], 'option --memory needs a value'],
    [['feedback-msg', '--nope'], 'unrecognized arguments: --nope'],
    [['feedback-msg', '-m'], 'option --message needs a value'],
    [['run_student', '--time', 'x', 'true'], "could not convert string to float: 'x'"],
  ])('%j ends with 2 and a sentence', ([program, ...args], sentence) => {
    const { code, stderr } = call(program as string, args);
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
  });

  test('-h says how the command is used', () => {
    expect(call('feedback-msg', ['-h'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('usage: feedback-msg'),
    });
  });

  test('text is UTF-8 whatever the locale, and bytes that are not are replaced', () => {
    call('feedback-msg', ['-m', 'été ☃']);
    expect(feedback()).toEqual({ text: 'été ☃' });
    call('feedback-msg', [], Buffer.from([0x61, 0xff]));
    expect(feedback()).toEqual({ text: 'a\ufffd' });
  });

  test.each([
    ['feedback-grade', 'nan'],
    ['feedback-grade', '80%'],
    ['feedback-grade', '80,5'],
    ['feedback-grade', '1e10'],
    ['feedback', '-g', '80%'],
  ])(
    '%s %s: a grade that is no number is refused in a sentence, and never becomes 100',
    (command, ...args) => {
      const { code, stderr } = call(command, args);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^feedback(-grade)?: a grade is a (finite )?number of percent.*\n$/);
      expect(feedback()).toEqual({ grade: 0 });
    },
  );

  test.each([
    ['tag-set', 'adds two numbers', 'true'],
    ['tag-set', '', 'true'],
    ['tag-set', 'x'.repeat(201), 'true'],
    ['feedback-result', '-i', 'q 1', 'success'],
    ['feedback-msg', '-i', 'q/1', '-m', 'text'],
    ['feedback-msg-tpl', 'none', '-i', 'q 1'],
    ['feedback', '-i', 'q 1', '-f', 'text'],
  ])('%s %s %s is refused at once: no report could hold it, and nothing else is lost', (command, ...args) => {
    call('feedback-msg', ['-m', 'kept']);
    const { code, stderr } = call(command, args);
    expect(code).toBe(2);
    expect(stderr).toMatch(/: the name of a (tag|problem) has letters, digits, .* cannot be used\n$/);
    expect(feedback()).toEqual({ text: 'kept' });
  });

  test.each(['größe', 'क्षि', 'a.b_c-d*', '٣'])(
    'the tag %s is as good in a command as in a report',
    (name) => {
      expect(call('tag-set', [name, 'true']).code).toBe(0);
      expect(reportSchema.parse(feedback()).tests).toEqual({ [name]: true });
    },
  );

  test('a result is a word, not an essay', () => {
    expect(call('feedback-result', ['x'.repeat(101)])).toMatchObject({ code: 2 });
  });
});

test('feedback written by many processes at once is all there', () => {
  const { code } = call('sh', ['-c', 'for i in 1 2 3 4 5 6 7 8; do feedback-msg -a -m $i & done; wait']);
  expect(code).toBe(0);
  expect([...(feedback()['text'] as string)].sort().join('')).toBe('12345678');
});

test('both names of the package are the same modules', () => {
  const lines = [
    'import inginious.feedback, inginious_container_api.feedback as new',
    'from inginious import feedback, rst, input, lang, run_student',
    'from inginious.run_student import run_student_simple',
    'from inginious.input import load_input, _load_input',
    'print(feedback is new is inginious.feedback, load_input()["input"]["n"], run_student.run_student.__name__)',
  ];
  expect(call('/usr/bin/python3', ['-c', lines.join('\n')])).toMatchObject({
    stdout: 'True 3 run_student\n',
    stderr: '',
  });
});

test('a tag counts when it is true, and automatic tags cannot be set', () => {
  script(
    'set_tag("a", 1); set_tag("b", "yes"); set_tag("*auto-tag-1", True)',
    'tag("t"); tag("t"); tag("u")',
  );
  const tests = feedback()['tests'] as Record<string, unknown>;
  expect(tests).toMatchObject({ a: true, b: false });
  expect(
    Object.entries(tests)
      .filter(([key]) => key.startsWith('*auto-tag-'))
      .map(([, value]) => value),
  ).toEqual(['t', 'u']);
});

test('a template keeps its line ends and takes ids as they are', () => {
  desk.write('t', '@<@q.1@>@\r\n@@qx1@@ @@n@@\r\n');
  expect(call('parsetemplate', ['-o', 'deep/er/t', 't']).code).toBe(0);
  expect(desk.read('deep/er/t')).toBe('<a>\n<b>\r\n@@qx1@@ 3\r\n');
});

describe("a grader's run.py", () => {
  test('is plain Python with the API in its namespace', () => {
    const { stdout, stderr } = script(
      'import sys',
      'set_global_result("success")',
      'print(__name__, __file__, get_input("n"), sys.argv)',
      'class A: pass',
      'import pickle; pickle.loads(pickle.dumps(A()))',
    );
    expect({ stdout, stderr }).toEqual({ stdout: "__main__ run.py 3 ['run.py']\n", stderr: '' });
    expect(feedback()).toEqual({ result: 'success' });
  });

  test('may use ! lines and %env, which see its names', () => {
    const { stdout, stderr, code } = script(
      'text = """',
      '!not a command',
      '"""',
      'name = "x y"',
      'for n in range(2):',
      '    !echo "$name" {n + 1} $HOME_OF_NOBODY',
      'out = !printf "a\\nb\\n"; echo err >&2',
      'print(out, out.s, out.n == "a\\nb\\nerr", len(text))',
      '%env WORD=said',
      '!echo $WORD',
      '!exit 3',
      'print(_exit_code)',
      "!awk 'BEGIN {print 5}'",
    );
    expect(stderr).toBe('');
    expect(stdout.replace(/^env: .*\n/m, '')).toBe(
      "x y 1\nx y 2\n['a', 'b', 'err'] a b err True 16\nsaid\n3\n5\n",
    );
    expect(code).toBe(0);
  });

  test('may use them in functions, with the names there, and get_ipython() in their place', () => {
    const { stdout, stderr } = script(
      'def say(word):',
      '    out = !printf "%s" {word.upper()}',
      '    !echo $word',
      '    return out.s',
      'print(say("hi"))',
      'get_ipython().system("echo {1 + 1}")',
      'print(get_ipython().getoutput("echo three"))',
    );
    expect({ stdout, stderr }).toEqual({ stdout: "hi\nHI\n2\n['three']\n", stderr: '' });
  });

  test('that fails says where, and ends with 1', () => {
    expect(script('x = 1', 'raise KeyError("boom")')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('line 2'),
    });
    expect(script('x = !true', 'y = = 2')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('line 2'),
    });
  });
});
