/** A container or an engine that goes away in the middle is our fault, is noticed, and is never a verdict. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openClient } from '../../server/adapters/docker/client.ts';
import { openEngine } from '../../server/adapters/open-engine.ts';
import { INSTANCE_LABEL, ROLE_LABEL } from '../../server/ports/engine/container-labels.ts';
import { GradeportError } from '../../server/rules/errors.ts';
import { GRADER, killFirstProcess, WITH_STUDENT, whenRunning } from '../support/containers/vanishing.ts';
import { type EngineProxy, openEngineProxy } from '../support/engine-proxy.ts';
import { openTestGrader, type TestGrader } from '../support/grade.ts';

const folder = mkdtempSync(join(tmpdir(), 'gradeport-vanished-'));
const docker = openClient();
let proxy: EngineProxy;
let grader: TestGrader;
beforeAll(async () => {
  proxy = await openEngineProxy(join(folder, 'engine.sock'));
  vi.stubEnv('DOCKER_HOST', proxy.host);
  grader = await openTestGrader({ engine: openEngine('engine') });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await grader.close();
  await proxy.close();
  rmSync(folder, { recursive: true });
});

async function containersOf(role: string): Promise<Docker.Container[]> {
  const found = await docker.listContainers({
    filters: { label: [`${INSTANCE_LABEL}=${grader.instance}`, `${ROLE_LABEL}=${role}`] },
  });
  return found.map(({ Id }) => docker.getContainer(Id));
}

async function killFirst(role: string): Promise<void> {
  const [container] = await containersOf(role);
  if (!container) throw new Error(`There is no ${role} container.`);
  await killFirstProcess(container.id);
}

describe.each(['runc', 'crun', 'runsc'])('on %s, by the engine,', (runtime) => {
  const during = (run: string, act: () => Promise<void>) => whenRunning({ by: grader, run, runtime }, act);

  test('a grading container that is killed from outside is no verdict, whatever its grader said before', async () => {
    const failure = await during(GRADER, () => killFirst('grading'));
    expect(failure).toBeInstanceOf(GradeportError);
    expect(failure).toMatchObject({
      code: 'internal',
      message: expect.stringContaining('The grading container ended before the grader did.'),
    });
  });

  test('nor is a student container that is killed from outside', async () => {
    const failure = await during(WITH_STUDENT, () => killFirst('student'));
    expect(failure).toMatchObject({
      code: 'internal',
      message: expect.stringContaining('The student container ended unexpectedly.'),
    });
  });

  test('a container that somebody removed is the same', async () => {
    const failure = await during(GRADER, async () => {
      for (const container of await containersOf('grading')) await container.remove({ force: true });
    });
    expect(failure).toMatchObject({ code: expect.stringMatching(/internal|unreachable/) });
  });

  test('an engine that goes away is named, and what it left is taken away once it is back', async () => {
    const failure = await during(GRADER, () => proxy.cut());
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
