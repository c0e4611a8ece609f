/** Samples that an image brings along, and a server that ends while they run. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { openEngine } from '../../server/adapters/open-engine.ts';
import { ENVIRONMENTS_FOLDER, loadConfig } from '../../server/config/config.ts';
import { instanceOf, type RunningServer, startServer } from '../../server/main/all-in-one.ts';
import { createLog } from '../../server/main/log.ts';
import { INSTANCE_LABEL } from '../../server/ports/engine/container-labels.ts';
import { forgetImages } from '../support/forget-images.ts';
import { dockerBuild, GRADER, revisionImages, taskYaml } from '../support/revision-images.ts';
import { storeUrlOf } from '../support/store/store-url.ts';

const NAME = `own-${process.pid}`;
const images = revisionImages(NAME);
const engine = openEngine();
const data = mkdtempSync(join(tmpdir(), 'gradeport-samples-'));
afterAll(async () => {
  await images[Symbol.asyncDispose]();
  await engine.close();
  await forgetImages(data);
  rmSync(data, { recursive: true });
});

const start = (): Promise<RunningServer> =>
  startServer(
    loadConfig({ data, store: storeUrlOf(data), port: 0, logLevel: 'error', testFirst: 'no' }, undefined, {}),
    createLog('error'),
  );
const LABEL = 'COPY samples /samples\nLABEL org.gradeport.grading.samples=/samples\n';
const withSamples = (...answers: string[]): Record<string, string> => ({
  'samples/ask/run': GRADER,
  'samples/ask/task.yaml': taskYaml('whatever'),
  ...Object.fromEntries(
    answers.map((code) => [
      `samples/ask/samples/${code}.yaml`,
      `answers: { code: ${code} }\nexpect: { verdict: success, grade: 100 }\n`,
    ]),
  ),
});
const until = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 60_000, interval: 20 });

/** A server that is closed whatever happens. */
async function withServer(use: (server: RunningServer) => Promise<void>): Promise<void> {
  const server = await start();
  try {
    await use(server);
  } finally {
    await server.close();
  }
}

test('an image’s own samples hold it back; a restart in their middle begins them anew', async () => {
  let slow = '';
  await withServer(async ({ revisions }) => {
    const v1 = await images.build(100);
    await until(async () =>
      expect(await revisions.list(NAME)).toMatchObject([{ digest: v1, state: 'current' }]),
    );
    const wrong = await images.build(0, LABEL, withSamples('quick'));
    await until(async () =>
      expect((await revisions.list(NAME))[0]).toMatchObject({
        digest: wrong,
        state: 'held',
        test: {
          cases: [{ task: null, sample: 'ask/quick', verdict: 'failed', grade: 0, before: { grade: 100 } }],
        },
      }),
    );
    slow = await images.build(100, LABEL, withSamples('quick', 'slow'));
    await until(async () =>
      expect(await engine.containers.list(INSTANCE_LABEL, await instanceOf(data))).not.toEqual([]),
    );
  });
  expect(await engine.containers.list(INSTANCE_LABEL, await instanceOf(data))).toEqual([]);
  await withServer(async ({ revisions }) => {
    expect((await revisions.list(NAME))[0]).toMatchObject({ digest: slow, state: 'staged', test: null });
    await until(async () =>
      expect((await revisions.list(NAME))[0]).toMatchObject({ state: 'current', test: { passed: true } }),
    );
  });
});

test('a label that leads to no folder is a sample that fails, and says so', async () => {
  await withServer(async (server) => {
    const digest = await images.build(100, 'LABEL org.gradeport.grading.samples=/nowhere\n');
    await until(async () =>
      expect((await server.revisions.list(NAME))[0]).toMatchObject({
        digest,
        state: 'held',
        test: {
          cases: [{ sample: '/nowhere', differences: [expect.stringContaining('no folder /nowhere')] }],
        },
      }),
    );
  });
});

test('the samples of the shipped default environment come out as they say', async () => {
  await withServer(async ({ revisions }) => {
    const tag = `gradeport-test/default-${process.pid}:latest`;
    const name = `${NAME}-default`;
    await dockerBuild(join(ENVIRONMENTS_FOLDER, 'default'), tag, name);
    try {
      await until(async () => expect(await revisions.list(name)).toHaveLength(1));
      const [{ digest = '' } = {}] = await revisions.list(name);
      const { cases } = await revisions.test(name, digest);
      expect(cases.map(({ sample, differences }) => [sample, differences])).toEqual([
        ['python/right', []],
        ['python/wrong', []],
        ['shell/right', []],
        ['shell/wrong', []],
      ]);
    } finally {
      await engine.images.untag(tag);
    }
  });
});
