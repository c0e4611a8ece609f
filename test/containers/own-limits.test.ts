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
    expect(output.head).toBe(`${100 * 2 ** 20}\n${64 * 2 ** 20}\n`);
  },
);
