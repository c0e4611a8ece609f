/** An image of another processor in a real engine. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { openClient } from '../../server/adapters/docker/client.ts';
import { createProcessors } from '../../server/adapters/docker/images/processors.ts';
import { openEngine } from '../../server/adapters/open-engine.ts';
import { tempFolder } from '../support/store/temp-folder.ts';
import { hexOf, makeTar } from '../support/tar-files.ts';

const NAME = `other-processor-${process.pid}`;
const TAG = `gradeport-test/${NAME}:latest`;
const docker = openClient();

/** An image that announces an environment, without a program in it. */
async function loadImage(architecture: string): Promise<string> {
  const layer = await makeTar([{ name: 'hello', content: architecture }]);
  const config = JSON.stringify({
    architecture,
    os: 'linux',
    config: { Labels: { 'org.gradeport.grading.name': NAME } },
    rootfs: { type: 'layers', diff_ids: [`sha256:${hexOf(layer)}`] },
    history: [{ created_by: 'test' }],
  });
  const manifest = [{ Config: 'config.json', RepoTags: [TAG], Layers: ['layer.tar'] }];
  const archive = await makeTar([
    { name: 'config.json', content: config },
    { name: 'layer.tar', content: layer },
    { name: 'manifest.json', content: JSON.stringify(manifest) },
  ]);
  const stream = await docker.loadImage(Readable.from([archive]));
  await new Promise((resolve) => docker.modem.followProgress(stream, resolve));
  return `sha256:${hexOf(config)}`;
}

test('the list of images names its processor, and whether the kernel emulates it', async () => {
  const id = await loadImage('s390x');
  onTestFinished(() => docker.getImage(TAG).remove());
  const engine = openEngine();
  onTestFinished(() => engine.close());
  const here = (await docker.version()).Arch;
  const listed = (await engine.images.list()).find((image) => image.tags.includes(TAG));
  expect(listed?.processor).toEqual({ wanted: 's390x', here, isEmulated: false });
  const handlers = join(tempFolder(), 'handlers');
  mkdirSync(handlers);
  writeFileSync(join(handlers, 'qemu-s390x'), 'enabled\ninterpreter /usr/bin/qemu-s390x\n');
  expect(await createProcessors(docker, handlers).foreign(id)).toMatchObject({ isEmulated: true });
});

test('an image of this machine’s processor has none to name', async () => {
  const id = await loadImage((await docker.version()).Arch);
  onTestFinished(() => docker.getImage(TAG).remove());
  expect(await createProcessors(docker).foreign(id)).toBeUndefined();
});
