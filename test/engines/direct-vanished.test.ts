/** As vanished.test.ts, where Gradeport starts the runtime itself: what goes away is a process or a runtime, and an engine is not missed. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openEngine } from '../../server/adapters/open-engine.ts';
import { INSTANCE_LABEL } from '../../server/ports/engine/container-labels.ts';
import type { Engine } from '../../server/ports/engine/engine.ts';
import { GRADER, WITH_STUDENT, whenRunning } from '../support/containers/vanishing.ts';
import { type EngineProxy, openEngineProxy } from '../support/engine-proxy.ts';
import { containerOf, firstProcessOf } from '../support/first-process.ts';
import { openTestGrader, type TestGrader } from '../support/grade.ts';

const folder = mkdtempSync(join(tmpdir(), 'gradeport-vanished-'));
let proxy: EngineProxy;
let direct: TestGrader;
let engine: Engine;
beforeAll(async () => {
  proxy = await openEngineProxy(join(folder, 'engine.sock'));
  vi.stubEnv('DOCKER_HOST', proxy.host);
  engine = openEngine('auto');
  direct = await openTestGrader({ engine });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await direct.close();
  await proxy.close();
  rmSync(folder, { recursive: true });
});

const directId = (role: string) => containerOf(engine.containers, direct.instance, role);

/** In all trees. */
const cgroupsOf = (id: string): string[] =>
  ['', ...readdirSync('/sys/fs/cgroup')]
    .map((tree) => `/sys/fs/cgroup/${tree}/gradeport/${id}`)
    .filter((path) => existsSync(path));

async function killFirstDirectly(role: string): Promise<void> {
  process.kill(await firstProcessOf(await directId(role)), 'SIGKILL');
}

/** The runtime that stands beside it, and the shell that waits for the runtime. */
async function killBeside(role: string, what: 'runtime' | 'shell'): Promise<void> {
  const id = await directId(role);
  const both = execFileSync('pgrep', ['-f', `run --bundle .*${id}`], { encoding: 'utf8' })
    .trim()
    .split('\n');
  const isShell = (pid: string) => readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'sh';
  const pids = both.filter((pid) => isShell(pid) === (what === 'shell'));
  expect(pids).toHaveLength(1);
  process.kill(Number(pids[0]), 'SIGKILL');
}

describe.each(['runc', 'crun'])('on %s, by the runtime itself,', (runtime) => {
  const whenDirect = (run: string, act: () => Promise<void>) =>
    whenRunning({ by: direct, run, runtime }, act);

  test('a grading container that is killed from outside is no verdict, whatever its grader said before', async () => {
    expect(await whenDirect(GRADER, () => killFirstDirectly('grading'))).toMatchObject({
      code: 'internal',
      message: expect.stringContaining('The grading container ended before the grader did.'),
    });
  });

  test('nor is a student container that is killed from outside', async () => {
    expect(await whenDirect(WITH_STUDENT, () => killFirstDirectly('student'))).toMatchObject({
      code: 'internal',
      message: expect.stringContaining('The student container ended unexpectedly.'),
    });
  });

  test.each(['grading', 'student'])(
    'a %s container whose runtime is killed is the same, and nothing of it is left',
    async (role) => {
      let id = '';
      const failure = await whenDirect(WITH_STUDENT, async () => {
        id = await directId(role);
        await killBeside(role, 'runtime');
      });
      expect(failure).toMatchObject({ code: expect.stringMatching(/internal|unreachable/) });
      expect(await engine.containers.list(INSTANCE_LABEL, direct.instance)).toEqual([]);
      expect(cgroupsOf(id)).toEqual([]);
    },
  );

  test('the shell that waits for a runtime may be killed: the run goes on, and nothing of it is left', async () => {
    let id = '';
    const run = '#!/bin/bash\necho running; sleep 1; feedback-result success\n';
    const verdict = await whenDirect(run, async () => {
      id = await directId('grading');
      await killBeside('grading', 'shell');
    });
    expect(verdict).toBe('success');
    await vi.waitFor(() => expect(cgroupsOf(id)).toEqual([]), { timeout: 10_000 });
  });

  test('a container that somebody removed is the same', async () => {
    const failure = await whenDirect(GRADER, async () => engine.containers.remove(await directId('grading')));
    expect(failure).toMatchObject({ code: expect.stringMatching(/internal|unreachable/) });
  });

  test('an engine that goes away is not missed', async () => {
    const run = `#!/bin/bash
run_student true && echo running
until test -e student/go; do sleep 0.05; done
run_student 'test -e /task/student/go' && feedback-result success
`;
    const verdict = await whenDirect(run, async () => {
      await proxy.cut();
      writeFileSync(join(await studentFolder(), 'go'), '');
    });
    await proxy.restore();
    expect(verdict).toBe('success');
  });
});

/** The student folder of the one run that there is. */
async function studentFolder(): Promise<string> {
  const [run = ''] = readdirSync(direct.runsFolder);
  return join(direct.runsFolder, run, 'student');
}
