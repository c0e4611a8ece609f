/** What a student's program tried is reported to the operator: once for each run, with the run and its user. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openEngine } from '../../server/adapters/open-engine.ts';
import { onStopped, type StoppedAttack } from '../../server/rules/stopped-attacks.ts';
import { openTestGrader, type TestGrader } from '../support/grade.ts';

let grader: TestGrader;
let portable: TestGrader;
let stopped: StoppedAttack[] = [];
const forget = onStopped((attack) => stopped.push(attack));
beforeAll(async () => {
  grader = await openTestGrader();
  portable = await openTestGrader({ engine: openEngine('portable') });
});
afterAll(async () => {
  forget();
  await grader.close();
  await portable.close();
});
afterEach(() => {
  stopped = [];
});

const LED = {
  environment: 'default',
  files: {
    run: `#!/bin/bash
(cd student; run_student "sh plant.sh")
echo 'echo planted' > student/second.py
cat student/d/secret
mkdir -p student/kept && ls -l student
feedback-result success
`,
    secret: 'what only the grader knows',
    'student/plant.sh':
      'ln -s /task/run second.py; ln -s .. d; mkdir in; ln -s ../../run in/third; ln -s /usr/bin/env env; ln -s plant.sh near',
  },
  limits: { time: 10, hard_time: 30 },
};

test.each([
  ['direct or local', 'runc', () => grader],
  ['direct or local', 'runsc', () => grader],
  ['portable', 'runc', () => portable],
] as const)(
  'on the way %s on %s, links lead a grader that uses the shell nowhere',
  async (_, runtime, on) => {
    const { verdict, output, details } = await on().grade(LED, { runtime });
    expect(verdict, details).toBe('success');
    expect(output.head).not.toContain('planted');
    expect(output.head).not.toContain('what only the grader knows');
    // Links that lead nowhere a grader writes are the student's own business.
    expect(output.head).toMatch(/env -> \/usr\/bin\/env/);
    expect(output.head).toMatch(/near -> plant\.sh/);
    expect(stopped).toEqual([
      expect.objectContaining({
        kind: 'link',
        why: expect.stringMatching(/links? leads? from the student folder/),
      }),
    ]);
    expect(stopped[0]?.run).toBeTruthy();
  },
);

test('a program that speaks in its agent’s place is named, with its run', async () => {
  const forge = `import os
for fd in range(64):
    try: os.write(os.open("/proc/1/fd/%d" % fd, os.O_WRONLY | os.O_NONBLOCK), b"\\xff" * 1000)
    except OSError: pass
import time; time.sleep(5)
`;
  const files = {
    run: '#!/bin/bash\ncd student; run_student --run-as-root "python3 forge.py"\nfeedback-result failed\n',
    'student/forge.py': forge,
  };
  const { verdict, details } = await grader.grade(
    { environment: 'sandbox-root', files },
    { runtime: 'runsc' },
  );
  expect(verdict, details).toBe('failed');
  expect(stopped.map(({ kind }) => kind)).toContain('forged-frame');
  expect(stopped.every(({ run }) => run)).toBe(true);
});
