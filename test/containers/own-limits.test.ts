/** What a program can see of its own limits, in real containers: Java takes its heap after them. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestGrader, type TestGrader } from '../support/grade.ts';

let grader: TestGrader;
beforeAll(async () => {
  grader = await openTestGrader();
});
afterAll(() => grader.close());

/** Version 1 and version 2 of the control groups. */
const LIMIT = 'cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max';
const WRITE =
  'for file in /sys/fs/cgroup/new $(find /sys/fs/cgroup -type f); do (: >> $file) && echo wrote $file; done';

test.concurrent.each(['crun', 'runc'])(
  'on %s it reads its memory limit, and writes nothing',
  async (runtime) => {
    const files = {
      'student/look.sh': `{ ${LIMIT}; ${WRITE}; } 2>/dev/null\n`,
      run: '#!/bin/bash\nbash student/look.sh\ncd student; run_student --memory 64 bash look.sh; feedback-result success\n',
    };
    const { output } = await grader.grade({ files, limits: { memory: 100 } }, { runtime });
    // 32 MiB are for the agent.
    expect(output.head).toBe(`${132 * 2 ** 20}\n${96 * 2 ** 20}\n`);
  },
);

const TOUCH = `kept = bytearray(int(__import__("sys").argv[1]) << 20)
for at in range(0, len(kept), 4096): kept[at] = 1
print("touched")
`;
/** A Python that has nothing else needs 8 MiB itself. */
test.each([
  ['runc', 256, 'touched'],
  ['crun', 256, 'touched'],
  ['runsc', 256, 'touched'],
  ['runc', 600, 'code 252'],
  ['crun', 600, 'code 252'],
  ['runsc', 600, 'code 252'],
])('on %s a program with --memory 256 that touches %d MiB: %s', async (runtime, touches, said) => {
  const files = {
    'student/touch.py': TOUCH,
    run: `#!/bin/bash\ncd student; run_student --memory 256 'python3 touch.py ${touches}' 2>&1 || echo code $?; feedback-result success\n`,
  };
  const { output } = await grader.grade({ files, limits: { memory: 512 } }, { runtime });
  expect(output.head.trim()).toBe(said);
});

/** Each process is busy for as long, by the clock; all together they have one processor. */
const CROWD = `import os, time
until = time.time() + 3
for _ in range(20):
    if os.fork() == 0:
        while time.time() < until: pass
        os._exit(0)
for _ in range(20): os.wait()
print("well")
`;
test.each(['runc', 'crun', 'runsc'])(
  'on %s twenty processes that share one processor use no more of it than there is',
  async (runtime) => {
    const files = {
      'student/crowd.py': CROWD,
      run: '#!/bin/bash\ncd student; run_student --time 9 --hard-time 60 "python3 crowd.py" 2>&1 || echo code $?; feedback-result success\n',
    };
    const limits = { time: 30, hard_time: 90 };
    const { output } = await grader.grade({ files, limits }, { runtime });
    expect(output.head.trim()).toBe('well');
  },
);
