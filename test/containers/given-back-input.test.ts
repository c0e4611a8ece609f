/** What a program does not read of the grader's own input is there for the grader, on every runtime. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestGrader, type TestGrader } from '../support/grade.ts';

let grader: TestGrader;
beforeAll(async () => {
  grader = await openTestGrader();
});
afterAll(() => grader.close());

const files = {
  run: `#!/bin/bash
cd student
while read a b; do echo "round $a $(run_student "echo $b")"; done < ../tests.txt
while read a; do echo "line $a, then $(run_student "head -n 1" | tr -d x)"; break; done < ../short.txt
exec 3< ../tests.txt
run_student "true" <&3; read first <&3; echo "kept $first"
run_student "cat" <&3 | tail -n 1
read rest <&3 || echo "all read"
feedback-result success
`,
  'tests.txt': '1 one\n2 two\n3 three\n',
  'short.txt': 'a\nb\nc\n',
};

test.each(['runc', 'crun', 'runsc'])(
  'every round of a loop that reads a file runs, on %s',
  async (runtime) => {
    const { output, details } = await grader.grade({ files }, { runtime });
    expect(output.head.split('\n').slice(0, 7), details).toEqual([
      'round 1 one',
      'round 2 two',
      'round 3 three',
      'line a, then b',
      'kept 1 one',
      '3 three',
      'all read',
    ]);
  },
);
