/** Output of students' programs whose readers are slow: the programs wait, and nothing between them grows. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestGrader, type TestGrader } from '../support/grade.ts';

let grader: TestGrader;
beforeAll(async () => {
  grader = await openTestGrader();
});
afterAll(() => grader.close());

const MIB = 2 ** 20;
setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** Prints 30 MiB, then leaves a file. The grader reads nothing until the program has had time to print it all. */
const PRINT = `import pathlib, sys
for _ in range(30):
    sys.stdout.buffer.write(b"x" * 1048576)
sys.stdout.flush()
pathlib.Path("printed").touch()
`;
const slowly = (runs: number) => `#!/bin/bash
cd student
count() { read -t 1 <> <(:); [ -e printed ] && echo "ran ahead"; wc -c; }
for i in $(seq ${runs}); do run_student "python3 print.py" | count & done
wait
feedback-result success
`;

const storm = (runtime: string, runs: number, memory: number) =>
  grader.grade(
    {
      files: { run: slowly(runs), 'student/print.py': PRINT },
      limits: { memory, output: 32, time: 20, hard_time: 60 },
    },
    { runtime },
  );

test.each(['crun', 'runc', 'runsc'])(
  'on %s a program whose reader is slow waits, and a grader of 32 MiB outlives its 30 MiB of output',
  async (runtime) => {
    // The sandbox of runsc counts as well.
    const { output, verdict } = await storm(runtime, 1, runtime === 'runsc' ? 96 : 32);
    expect([verdict, output.head]).toEqual(['success', `${30 * MIB}\n`]);
  },
);

/** What this process, the server of these runs, holds now. The second collection frees the buffers that the first one found. */
function held(): number {
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / MIB;
}

test('a storm of output leaves the memory of the server as it was, and is never held in it', async () => {
  await storm('crun', 1, 64);
  const before = held();
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, held());
  }, 200);
  const runs = Promise.all(Array.from({ length: 2 }, () => storm('crun', 4, 128)));
  const outcomes = await runs.finally(() => clearInterval(watch));
  const after = held();
  process.stderr.write(
    `server memory in MiB: ${[before, most, after].map((mib) => mib.toFixed(1)).join(', ')}\n`,
  );
  for (const { output } of outcomes) expect(output.head).toBe(`${30 * MIB}\n`.repeat(4));
  // 240 MiB were printed.
  expect(most - before).toBeLessThan(16);
  expect(after - before).toBeLessThan(4);
}, 120_000);
