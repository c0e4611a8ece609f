/** Where the image comes from that all shipped environments are built on, when set-up did not make it. */
import { expect, test } from 'vitest';
import { ensureRootImage, ROOT_IMAGE } from '../../../../../server/environments/builds/bases/root-image.ts';
import type { ImageDetails } from '../../../../../server/ports/engine/images.ts';
import { GradeportError } from '../../../../../server/rules/errors.ts';
import { fakeImages, fakeTransfers } from '../../../../support/engine-ports.ts';

const details = (tag: string): ImageDetails => ({
  id: tag,
  tags: [tag],
  repoDigests: [],
  labels: {},
  size: 1,
  layers: [],
});

/** An engine with these images, and a registry with those. */
function scripted(here: string[], registry: string[] = []) {
  const did: string[] = [];
  const images = fakeImages({
    inspect: async (name) => (here.includes(name) ? details(name) : null),
    tag: async (image, name) => void did.push(`tag ${image} ${name}`),
  });
  const transfers = fakeTransfers({
    pull: async (reference, _login, onNews) => {
      did.push(`pull ${reference}`);
      if (!registry.includes(reference))
        throw new GradeportError('unreachable', 'The registry does not answer.');
      onNews({ layer: 'abc', status: 'Downloading', done: 1, total: 2 });
    },
  });
  const lines: string[] = [];
  const ensure = (from: string, stopped = AbortSignal.any([])) =>
    ensureRootImage({ images, transfers }, from, (line) => lines.push(line), stopped);
  return { did, lines, ensure };
}

test('one that is there stays', async () => {
  const { did, ensure } = scripted([ROOT_IMAGE]);
  expect(await ensure('debian:bookworm-slim')).toBe(false);
  expect(did).toEqual([]);
});

test('an image that the engine has is taken without asking a registry', async () => {
  const { did, ensure } = scripted(['local/debian:12']);
  expect(await ensure('local/debian:12')).toBe(true);
  expect(did).toEqual([`tag local/debian:12 ${ROOT_IMAGE}`]);
});

test('another one is pulled, with progress', async () => {
  const { did, lines, ensure } = scripted([], ['mirror.example.org:5000/debian:latest']);
  expect(await ensure('mirror.example.org:5000/debian')).toBe(true);
  const reference = 'mirror.example.org:5000/debian:latest';
  expect(did).toEqual([`pull ${reference}`, `tag ${reference} ${ROOT_IMAGE}`]);
  expect(lines).toEqual(['abc Downloading']);
});

test('one that cannot be pulled ends the start with a sentence that says what to do', async () => {
  const { ensure } = scripted([]);
  await expect(ensure('debian:bookworm-slim')).rejects.toThrow(
    /gradeport\/debian:12, which is missing.*debian:bookworm-slim cannot be pulled.*does not answer.*GRADEPORT_BASE_IMAGE/,
  );
});

test('Ctrl-C while it is pulled is no fault of the registry', async () => {
  const { ensure } = scripted([]);
  await expect(ensure('debian:bookworm-slim', AbortSignal.abort())).rejects.toThrow(
    /^The registry does not answer\.$/,
  );
});
