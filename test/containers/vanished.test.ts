/** A container or an engine that goes away in the middle is our fault, is noticed, and is never a verdict. */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openClient } from '../../server/adapters/docker/client.ts';
import { openEngine } from '../../server/adapters/open-engine.ts';
import { INSTANCE_LABEL, ROLE_LABEL } from '../../server/ports/engine/container-labels.ts';
import type { Engine } from '../../server/ports/engine/engine.ts';
import { GradeportError } from '../../server/rules/errors.ts';
import { type EngineProxy, openEngineProxy } from '../support/engine-proxy.ts';
import { containerOf, firstProcessOf } from '../support/first-process.ts';
import { openTestGrader, type TestGrader } from '../support/grade.ts';

const folder = mkdtempSync(join(tmpdir(), 'gradeport-vanished-'));
const docker = openClient();
let proxy: EngineProxy;
let grader: TestGrader;
let direct: TestGrader;
let engine: Engine;
beforeAll(async () => {
  proxy = await openEngineProxy(join(folder, 'engine.sock'));
  vi.stubEnv('DOCKER_HOST', proxy.host);
  grader = await openTestGrader({ engine: openEngine('engine') });
  engine = openEngine('auto');
  direct = await openTestGrader({ engine });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await grader.close();
  await direct.close();
  await proxy.close();
  rmSync(folder, { recursive: true });
});

const GRADER = `#!/bin/bash
feedback-result success
echo running
sleep 20
`;
const WITH_STUDENT = `#!/bin/bash
feedback-result success
run_student "sh -c 'echo running; sleep 20'"
`;

async function containersOf(role: string): Promise<Docker.Container[]> {
  const found = await docker.listContainers({
    filters: { label: [`${INSTANCE_LABEL}=${grader.instance}`, `${ROLE_LABEL}=${role}`] },
  });
  return found.map(({ Id }) => docker.getContainer(Id));
}

async function killFirstProcess(role: string): Promise<void> {
  const [container] = await containersOf(role);
  const pid = (await container?.inspect())?.State.Pid;
  if (pid === undefined) throw new Error(`There is no ${role} container.`);
  process.kill(pid, 'SIGKILL');
}

/** Grades, does something once the program runs, and gives what the grader threw. */
async function whenRunning(
  run: string,
  runtime: string,
  act: () => Promise<void>,
  by: TestGrader = grader,
): Promise<unknown> {
  let acting: Promise<void> | null = null;
  const failure = await by
    .grade(
      { files: { run } },
      {
        runtime,
        onEvent: (event) => {
          if (event.type === 'output' && event.text.includes('running')) acting ??= act();
        },
      },
    )
    .then((outcome) => outcome.verdict)
    .catch((error: unknown) => error);
  await acting;
  return failure;
}

describe.each(['runc', 'crun', 'runsc'])('on %s, by the engine,', (runtime) => {
  test('a grading container that is killed from outside is no verdict, whatever its grader said before', async () => {
    const failure = await whenRunning(GRADER, runtime, () => killFirstProcess('grading'));
    expect(failure).toBeInstanceOf(GradeportError);
    expect(failure).toMatchObject({
      code: 'internal',
      message: expect.stringContaining('The grading container ended before the grader did.'),
    });
  });

  test('nor is a student container that is killed from outside', async () => {
    const failure = await whenRunning(WITH_STUDENT, runtime, () => killFirstProcess('student'));
    expect(failure).toMatchObject({
      code: 'internal',
      message: expect.stringContaining('The student container ended unexpectedly.'),
    });
  });

  test('a container that somebody removed is the same', async () => {
    const failure = await whenRunning(GRADER, runtime, async () => {
      for (const container of await containersOf('grading')) await container.remove({ force: true });
    });
    expect(failure).toMatchObject({ code: expect.stringMatching(/internal|unreachable/) });
  });

  test('an engine that goes away is named, and what it left is taken away once it is back', async () => {
    const failure = await whenRunning(GRADER, runtime, () => proxy.cut());
    expect(failure).toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('does not answer'),
    });
    await proxy.restore();
    // Its first process ends with its stdin; the engine takes it away then.
    await vi.waitFor(async () => expect(await containersOf('grading')).toEqual([]), {
      timeout: 20_000,
      interval: 50,
    });
  });
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

/** The runtime that stands beside it. */
async function killRuntime(role: string): Promise<void> {
  const id = await directId(role);
  const pid = Number(execFileSync('pgrep', ['-f', `run --bundle .*${id}`], { encoding: 'utf8' }));
  process.kill(pid, 'SIGKILL');
}

describe.each(['runc', 'crun'])('on %s, by the runtime itself,', (runtime) => {
  const whenDirect = (run: string, act: () => Promise<void>) => whenRunning(run, runtime, act, direct);

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
        await killRuntime(role);
      });
      expect(failure).toMatchObject({ code: expect.stringMatching(/internal|unreachable/) });
      expect(await engine.containers.list(INSTANCE_LABEL, direct.instance)).toEqual([]);
      expect(cgroupsOf(id)).toEqual([]);
    },
  );

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
