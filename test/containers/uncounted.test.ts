/** Machines that do not count what containers use: they give verdicts, and the run says what is missing. */
import { afterAll, expect, test } from 'vitest';
import { MEASURES } from '../../grading-api/protocol.ts';
import { openEngine } from '../../server/adapters/open-engine.ts';
import { NO_USAGE } from '../../server/ports/engine/containers.ts';
import type { Engine } from '../../server/ports/engine/engine.ts';
import { openTestGrader, type TestGrader, type TestGraderOptions } from '../support/grade.ts';
import { hasWay } from '../support/ways-here.ts';

/** An engine on whose machine nothing below /sys/fs/cgroup can be read, from inside and from outside. */
function blind(way: 'local' | 'portable'): Engine {
  const engine = openEngine(way);
  const { containers } = engine;
  return {
    ...engine,
    containers: {
      ...containers,
      async start(spec, output) {
        const memoryFolders = [
          ...spec.policy.memoryFolders,
          { target: '/sys/fs/cgroup', bytes: 4096, files: 10 },
        ];
        const started = await containers.start(
          { ...spec, policy: { ...spec.policy, memoryFolders } },
          output,
        );
        if (way === 'portable') return started;
        return { ...started, uncounted: MEASURES, usage: async () => NO_USAGE };
      },
    },
  };
}

const WAYS = (['local', 'portable'] as const).filter(hasWay);
const STUDENT = `#!/bin/bash
getinput q1 > student/answer.py
cd student
run_student "python3 answer.py"
feedback-result failed
`;
const BURN = 'while True: pass';
const graders = new Map<string, TestGrader>();

async function graderOf(way: 'local' | 'portable', options: TestGraderOptions = {}): Promise<TestGrader> {
  const key = JSON.stringify([way, options]);
  const grader = graders.get(key) ?? (await openTestGrader({ engine: blind(way), ...options }));
  graders.set(key, grader);
  return grader;
}
afterAll(() => Promise.all([...graders.values()].map((grader) => grader.close())));

test.each(WAYS)(
  '%s: the kernel ends a program that uses its processor time up, and the run says what was not counted',
  async (way) => {
    const grader = await graderOf(way);
    const task = { limits: { time: 1, hard_time: 30 }, files: { run: STUDENT } };
    const outcome = await grader.grade(task, { answers: { q1: BURN } });
    expect(outcome).toMatchObject({
      verdict: 'timeout',
      summary: 'Your program used more than 1 s of processor time.',
      uncounted: ['cpu', 'memory', 'processes'],
    });
  },
);

test.each(WAYS)(
  '%s: a program that ignores the first signal, and one below a shell, end as well',
  async (way) => {
    const grader = await graderOf(way);
    const task = { limits: { time: 1, hard_time: 30 }, files: { run: STUDENT } };
    const ignores = `import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\n${BURN}`;
    expect(await grader.grade(task, { answers: { q1: ignores } })).toMatchObject({ verdict: 'timeout' });
    const below = {
      ...task,
      files: { run: STUDENT.replace('"python3 answer.py"', `"bash -c 'python3 answer.py; exit \\$?'"`) },
    };
    expect(await grader.grade(below, { answers: { q1: BURN } })).toMatchObject({ verdict: 'timeout' });
  },
);

test('the grader has the same limit', async () => {
  const grader = await graderOf('portable');
  const task = { limits: { time: 1, hard_time: 30 }, files: { run: '#!/bin/sh\nwhile :; do :; done\n' } };
  expect(await grader.grade(task)).toMatchObject({
    verdict: 'timeout',
    summary: 'The grader used more than 1 s of processor time.',
  });
});

test('the processor time of programs that have ended is known, though nothing counts it', async () => {
  const grader = await graderOf('portable');
  const q1 = 'import time\nwhile time.process_time() < 0.3: pass';
  const { verdict, used } = await grader.grade({ files: { run: STUDENT } }, { answers: { q1 } });
  expect(verdict).toBe('failed');
  expect(used.cpuMs).toBeGreaterThanOrEqual(300);
});

test('where the operator is strict, such a machine grades nothing, and the sentence says why', async () => {
  for (const way of WAYS) {
    const grader = await graderOf(way, { strict: true });
    await expect(grader.grade({ files: { run: STUDENT } })).rejects.toThrow(
      'This machine does not count what runs use (processor time, memory, refused processes), and the operator has set "strict".',
    );
  }
});

test('a strict operator notices nothing where everything is counted', async () => {
  const grader = await openTestGrader({ strict: true });
  const outcome = await grader.grade({ files: { run: '#!/bin/sh\nfeedback-result success\n' } });
  await grader.close();
  expect(outcome.verdict).toBe('success');
  expect(outcome).not.toHaveProperty('uncounted');
});
