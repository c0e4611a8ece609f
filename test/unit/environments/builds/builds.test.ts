/** What follows a build: discovery, its samples, and what is said and kept of them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createBuilds } from '../../../../server/environments/builds/builds.ts';
import { buildConfigSchema } from '../../../../server/environments/builds/source/build-config.ts';
import {
  type BuildSources,
  openBuildSources,
} from '../../../../server/environments/builds/source/build-sources.ts';
import type { Environment } from '../../../../server/environments/discovery/environment.ts';
import type { CaseOutcome, Revisions } from '../../../../server/environments/revisions/port.ts';
import { createJobs } from '../../../../server/jobs/jobs.ts';
import type { Actor } from '../../../../server/rules/access.ts';
import { fakeBuilder, fakeImages } from '../../../support/engine-ports.ts';
import { environment } from '../../../support/http/house.ts';

const ada: Actor = { id: 'ada', name: 'ada', operator: false, roles: { c1: 'teacher' } };
const text = 'FROM gradeport/base\nLABEL org.gradeport.grading.name="mine"\n';
const files = new Map([['Dockerfile', { content: Buffer.from(text), executable: false }]]);
const outcome = (...differences: string[]): CaseOutcome => ({
  task: null,
  sample: 's',
  verdict: 'success',
  grade: 100,
  before: null,
  differences,
});

let folder: string;
let sources: BuildSources;
const jobs = createJobs({ clock: () => 0, failed: () => {} });
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gradeport-builds-'));
  sources = openBuildSources(folder);
});
afterEach(() => rm(folder, { recursive: true }));

/** An image that waits for its samples, and may grade once they were as expected. */
const BASE = {
  id: '0',
  tags: ['gradeport/base:latest'],
  repoDigests: [],
  labels: {},
  size: 1,
  created: 0,
};

function builder(testIt: Revisions['test']) {
  const list: Environment[] = [];
  const announced: unknown[] = [];
  const builds = createBuilds({
    jobs,
    sources,
    runtimes: {},
    clock: () => 0,
    config: buildConfigSchema.parse({}),
    environments: { list: () => list, runtimes: () => ['runc'], onChange: () => () => {} },
    engine: {
      images: fakeImages({ list: async () => [BASE] }),
      builder: fakeBuilder(async (order) => {
        const labels = { 'org.gradeport.grading.name': 'mine' };
        const image = { id: 'sha256:new', labels, size: 2 ** 21, layers: 3 };
        await order.accept?.(image);
        list.push({ ...environment, name: 'mine', digest: image.id, available: false, reason: 'It waits.' });
        return image;
      }),
    },
    revisions: {
      announce: (digest, about) => void announced.push([digest, about]),
      async test(...args) {
        const tested = await testIt(...args);
        if (tested.passed)
          list.splice(0, 1, { ...environment, name: 'mine', digest: 'sha256:new', reason: 'runc' });
        return tested;
      },
    },
  });
  return { builds, announced };
}

async function ended(id: string) {
  await expect.poll(() => jobs.get(id)?.endedAt ?? null).not.toBeNull();
  return jobs.get(id);
}

async function build(testIt: Revisions['test']) {
  const { builds, announced } = builder(testIt);
  const started = await builds.start(ada, files);
  if (!started.ok) throw new Error(JSON.stringify(started.checked.lint.messages));
  return { id: started.job.id, announced };
}
const test1 =
  (passed: boolean, ...cases: CaseOutcome[]) =>
  async () => ({ at: '', runtime: 'runc', passed, cases });

test('who built it is said before it has its name, and its samples decide what is said of it', async () => {
  const { id, announced } = await build(test1(true, outcome(), outcome()));
  const sentence =
    'Built local/mine: 2 MiB in 3 layers. It can grade as "mine" on runc. All 2 samples came out as expected.';
  expect(await ended(id)).toMatchObject({ state: 'done', result: { sentence, environment: 'mine' } });
  expect(announced).toEqual([['sha256:new', { by: 'ada', from: 'build' }]]);
  expect((await sources.list('mine'))[0]).toMatchObject({ state: 'built', sentence, digest: 'sha256:new' });
});

test('samples that come out otherwise are counted, and the image waits', async () => {
  const { id } = await build(test1(false, outcome('a grade of 0'), outcome()));
  const { result } = (await ended(id)) ?? {};
  expect(result?.sentence).toContain('It is held back: 1 of 2 samples did not come out as expected');
});

test('without samples it says so', async () => {
  const { id } = await build(test1(true));
  expect((await ended(id))?.result?.sentence).toContain('There was no sample to try.');
});

test('a test that is stopped leaves the build as it is', async () => {
  const { id } = await build(
    (_name, _digest, stopped) =>
      new Promise((_, reject) => stopped?.addEventListener('abort', () => reject(new Error('stopped')))),
  );
  await expect.poll(() => jobs.get(id)?.progress?.step).toBe('Grading its samples');
  jobs.stop(id);
  expect(await ended(id)).toMatchObject({ state: 'stopped' });
  expect((await sources.list('mine'))[0]).toMatchObject({ state: 'built', digest: 'sha256:new' });
});
