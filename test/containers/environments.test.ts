/** Environments appear, change and go while everything runs: within a second, without a restart. */

import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openClient } from '../../server/adapters/docker/client.ts';
import { openEngine } from '../../server/adapters/open-engine.ts';
import { openEnvironments } from '../../server/environments/catalogue.ts';
import type { EnvironmentCatalogue } from '../../server/environments/discovery/environment.ts';
import { importImage } from '../support/tiny-image.ts';

const docker = openClient();
const engine = openEngine();
let catalogue: EnvironmentCatalogue;
beforeAll(async () => {
  catalogue = await openEnvironments(engine, {});
});
afterAll(async () => {
  await catalogue.close();
  await engine.close();
});

const NAME = `live-${process.pid}`;
const TAG = `gradeport-test/${NAME}`;

const soon = (check: () => void) => vi.waitFor(check, { timeout: 1000, interval: 10 });
const listed = (name: string) => catalogue.list().filter((environment) => environment.name === name);

test('an imported image appears, a second name for it changes nothing, and it is gone when removed', async () => {
  await importImage(TAG, { 'org.gradeport.grading.name': NAME, 'org.gradeport.grading.title': 'Live' });
  await soon(() =>
    expect(listed(NAME)).toMatchObject([
      { title: 'Live', available: true, runtime: 'crun', image: `${TAG}:latest` },
    ]),
  );
  await docker.getImage(`${TAG}:latest`).tag({ repo: TAG, tag: 'second' });
  await docker.getImage(`${TAG}:latest`).remove();
  await soon(() => expect(listed(NAME)).toMatchObject([{ image: `${TAG}:second` }]));
  await docker.getImage(`${TAG}:second`).remove();
  await soon(() => expect(listed(NAME)).toEqual([]));
});

test("INGInious' own labels are as good as ours", async () => {
  await importImage(TAG, {
    'org.inginious.grading.name': NAME,
    'org.inginious.grading.agent_version': '3',
    'org.inginious.grading.need_root': '',
  });
  await soon(() =>
    expect(listed(NAME)).toMatchObject([{ needRoot: true, runtime: 'runsc', available: true }]),
  );
  await docker.getImage(TAG).remove();
});

test('an image that cannot be used is listed with the reason', async () => {
  await importImage(TAG, { 'org.gradeport.grading.name': NAME, 'org.gradeport.grading.need_gpu': '1' });
  await soon(() => expect(listed(NAME)).toMatchObject([{ available: false, runtime: null, needGpu: true }]));
  expect(listed(NAME)[0]?.reason).toContain('NVIDIA');
  await docker.getImage(TAG).remove();
});

test('of two images with one name the newer grades, and the older says why it does not', async () => {
  await importImage(TAG, { 'org.gradeport.grading.name': NAME }, 'older');
  // Images are dated to the second.
  const born = Math.floor(Date.now() / 1000);
  await vi.waitFor(() => expect(Math.floor(Date.now() / 1000)).toBeGreaterThan(born), {
    timeout: 2000,
    interval: 20,
  });
  await importImage(`${TAG}-newer`, { 'org.gradeport.grading.name': NAME }, 'newer');
  await soon(() =>
    expect(listed(NAME).map(({ image, available }) => [image, available])).toEqual([
      [`${TAG}-newer:latest`, true],
      [`${TAG}:latest`, false],
    ]),
  );
  expect(listed(NAME)[1]?.reason).toContain(`${TAG}-newer`);
  await docker.getImage(`${TAG}-newer`).remove();
  await soon(() => expect(listed(NAME)).toMatchObject([{ image: `${TAG}:latest`, available: true }]));
  await docker.getImage(TAG).remove();
});

test('a docker build of three lines makes an environment', async () => {
  const dockerfile = `FROM gradeport/base\nLABEL org.gradeport.grading.name=${NAME}\nRUN echo hello > /hello\n`;
  execFileSync('docker', ['build', '-q', '-t', TAG, '-'], {
    input: dockerfile,
    env: { ...process.env, DOCKER_BUILDKIT: '0' },
  });
  await soon(() => expect(listed(NAME)).toMatchObject([{ available: true }]));
  await docker.getImage(TAG).remove();
  await soon(() => expect(listed(NAME)).toEqual([]));
});
