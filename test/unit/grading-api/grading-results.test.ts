/** What a grader leaves behind for its agent: a feedback file, whatever is in it, and perhaps an archive. */
import { describe, expect, test } from 'vitest';
import { bash, graded } from '../../support/grading-api/agent.ts';

describe('a feedback file that is not what it should be', () => {
  const write = (json: string) => `printf '%s' '${json}' > /.__output/__feedback.json`;
  test.each<[string, string, unknown, string | null]>([
    ['is missing', 'rm /.__output/__feedback.json', null, 'The grader gave no feedback.'],
    ['is empty', ': > /.__output/__feedback.json', null, 'The grader gave no feedback.'],
    ['is half a file', write('{"text":\n "a"'), null, 'not JSON: line 2, column 5'],
    ['is not UTF-8', "printf '{\\n\"a\\xff' > /.__output/__feedback.json", null, 'not UTF-8: line 2, byte 3'],
    [
      'nests without end',
      'python3 -c "print(\'[\'*100000)" > /.__output/__feedback.json',
      null,
      'nested too deeply',
    ],
    ['is a pipe', 'cd /.__output; rm *; mkfifo __feedback.json', null, 'something that is not a file'],
    [
      'is a device',
      'cd /.__output; rm *; ln -s /dev/zero __feedback.json',
      null,
      'something that is not a file',
    ],
    ['is huge', 'truncate -s 70M /.__output/__feedback.json', null, 'cannot be|larger than 1 MiB'],
    [
      'is a byte too long',
      'head -c 1048577 /dev/zero > /.__output/__feedback.json',
      null,
      'larger than 1 MiB',
    ],
    [
      'nests a level too deeply',
      "python3 -c \"print('[' * 101 + ']' * 101)\" > /.__output/__feedback.json",
      null,
      'nested more than 100 levels deep',
    ],
    [
      'has a value too many',
      'python3 -c "print([0] * 20000)" > /.__output/__feedback.json',
      null,
      'more than 20000 values',
    ],
    ['is for its owner only', `chmod 600 /.__output/*; ${write('{"text":"x"}')}`, { text: 'x' }, null],
    ['is a new file', `cd /.__output; rm *; umask 077; ${write('{"text":"x"}')}`, { text: 'x' }, null],
    ['says a word twice', write('{"text":"a","text":"b"}'), { text: 'b' }, null],
    [
      'has numbers that are none',
      write('{"grade":NaN,"custom":{"a":-Infinity,"b":1e999}}'),
      { grade: null, custom: { a: null, b: null } },
      null,
    ],
    ['has half a character', write('{"text":"\\ud800x"}'), { text: '?x' }, null],
    ['is only a word', write('"success"'), 'success', null],
  ])('%s', async (_, script, feedback, problem) => {
    const { result } = await graded({ run: bash(script) });
    expect(result.feedback).toEqual(feedback);
    if (problem === null) expect(result.problem).toBeNull();
    else expect(result.problem).toMatch(new RegExp(problem));
  });

  test('is still read when somebody holds its lock', async () => {
    const { result } = await graded({
      run: bash(
        'feedback-result success; exec 9</.__output/__feedback.json; flock 9; (setsid sleep 60 &); exit 0',
      ),
    });
    expect(result.feedback).toEqual({ result: 'success' });
  });
});

test('what a grader puts into /archive is not kept, and costs its verdict nothing', async () => {
  const { result, agent } = await graded({
    run: bash(
      'feedback-result success; mkfifo /archive/pipe; ln -s /etc /archive/etc; echo 1 > /archive/file',
    ),
  });
  expect(result).toMatchObject({ problem: null, feedback: { result: 'success' } });
  expect(result).not.toHaveProperty('archive');
  expect(agent.complaints()).toBe('');
});
