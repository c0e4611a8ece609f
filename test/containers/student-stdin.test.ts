/** What a student's program reads of its grader's input, and nothing more, is taken from it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestGrader, type TestGrader } from '../support/grade.ts';

let grader: TestGrader;
beforeAll(async () => {
  grader = await openTestGrader();
});
afterAll(() => grader.close());

const ADD = 'import sys\nprint(int(sys.argv[1]) + int(sys.argv[2]))\n';
const LOOP =
  'while read a b want; do [ "$(run_student "python3 add.py $a $b")" = "$want" ] && echo "$a right" || echo "$a wrong"; done';
const TESTS = '1 2 3\n2 3 6\n3 4 7\n';
const ROUNDS = '1 right\n2 wrong\n3 right\n';

describe.each(['runc', 'crun', 'runsc'])('on %s', (runtime) => {
  const printed = async (script: string) => {
    const { output } = await grader.grade(
      {
        files: {
          run: `#!/bin/bash\ncd student\n${script}\nfeedback-result success\n`,
          'student/add.py': ADD,
          'student/line.sh': 'read x; echo got $x\n',
          'student/talk.sh': 'echo one; read x; echo $x two; read y; echo $y\n',
          'tests.txt': TESTS,
        },
      },
      { runtime },
    );
    return output.head;
  };

  test('each line of a loop over a file has its round', async () => {
    expect(await printed(`${LOOP} < ../tests.txt`)).toBe(ROUNDS);
  });

  test('each line of a loop over a pipe, and over a text in the script, has its round', async () => {
    expect(await printed(`cat ../tests.txt | ${LOOP}`)).toBe(ROUNDS);
    expect(await printed(`${LOOP} << END\n${TESTS}END`)).toBe(ROUNDS);
  });

  test('programs that read a line each take a line each, from a file and from a pipe', async () => {
    const three = 'for i in 1 2 3; do run_student "sh line.sh"; done';
    expect(await printed(`${three} < ../tests.txt; cat ../tests.txt | { ${three}; }`)).toBe(
      'got 1 2 3\ngot 2 3 6\ngot 3 4 7\n'.repeat(2),
    );
  });

  test('what a program left is there for its grader, also when its time was over', async () => {
    const script = `{ run_student --hard-time 1 "sh -c 'read x; sleep 60'"; echo $?; cat; }`;
    expect(await printed(`${script} < ../tests.txt`)).toBe('253\n2 3 6\n3 4 7\n');
  });

  test('an answer to what a program printed reaches it at once', async () => {
    const script = `coproc run_student "sh talk.sh"
read said <&\${COPROC[0]}; echo "$said" >&\${COPROC[1]}
read said <&\${COPROC[0]}; echo "$said" >&\${COPROC[1]}
cat <&\${COPROC[0]}`;
    expect(await printed(script)).toBe('one two\n');
  });
});
