/** A container or an engine that goes away in the middle is our fault, is noticed, and is never a verdict. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { GradeportError } from '../../server/core/errors.ts';
import { INSTANCE_LABEL, ROLE_LABEL } from '../../server/engine/labels.ts';
import { type EngineProxy, openEngineProxy } from '../support/engine-proxy.ts';
import { openTestGrader, type TestGrader } from '../support/grade.ts';

const folder = mkdtempSync(join(tmpdir(), 'gradeport-vanished-'));
const docker = new Docker();
const engineHost = process.env['DOCKER_HOST'];
let proxy: EngineProxy;
let grader: TestGrader;
beforeAll(async () => {
  proxy = await openEngineProxy(join(folder, 'engine.sock'));
  process.env['DOCKER_HOST'] = proxy.host;
  grader = await openTestGrader();
});
afterAll(async () => {
  if (engineHost === undefined) delete process.env['DOCKER_HOST'];
  else process.env['DOCKER_HOST'] = engineHost;
  await grader.close();
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
async function whenRunning(run: string, runtime: string, act: () => Promise<void>): Promise<unknown> {
  let acting: Promise<void> | null = null;
  const failure = await grader
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

describe.each(['runc', 'crun', 'runsc'])('on %s', (runtime) => {
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
      message: expect.stringContaining('The student container ended by itself.'),
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
