/** In which order the shipped environments are built, what is skipped, and what one that fails costs. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import {
  buildShippedEnvironments,
  planShipped,
} from '../../../../server/environments/builds/bases/shipped-environments.ts';
import type { ListedImage } from '../../../../server/ports/engine/images.ts';
import { GradeportError } from '../../../../server/rules/errors.ts';
import { fakeBuilder, fakeImages } from '../../../support/engine-ports.ts';

const folder = mkdtempSync(join(tmpdir(), 'gradeport-recipes-'));
afterAll(() => rmSync(folder, { recursive: true }));
const write = (name: string, from: string, more = '') => {
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, name, 'Dockerfile'), `FROM ${from}\n${more}`);
};
write('base', 'gradeport/debian:12');
write('a-on-c', 'gradeport/c');
write('c', 'gradeport/base');
write('java', 'gradeport/base');

const image = (tag: string, labels = {}): ListedImage => ({
  id: tag,
  tags: [tag],
  repoDigests: [],
  labels,
  size: 1,
  created: 0,
});

/** Remembers what it built; `broken` fails. */
function scripted(broken?: string) {
  const images = [image('gradeport/debian:12')];
  const built: string[] = [];
  return {
    built,
    images: fakeImages({ list: async () => images }),
    builder: fakeBuilder(async ({ tag, labels }) => {
      if (tag === broken) throw new GradeportError('conflict', `Building ${tag} failed.`);
      built.push(tag.replace(/gradeport\/|:latest/g, ''));
      const at = images.findIndex(({ tags }) => tags.includes(tag));
      images.splice(at === -1 ? images.length : at, 1, image(tag, labels));
      return { id: tag, labels, size: 1, layers: 1 };
    }),
  };
}
const build = (engine: ReturnType<typeof scripted>, wanted: string[] | null) =>
  buildShippedEnvironments(engine, folder, () => {}, wanted);

test('what others are built on comes first, and only what was asked for with its bases', async () => {
  const engine = scripted();
  expect(await build(engine, ['a-on-c'])).toEqual(['base', 'c', 'a-on-c']);
  expect(await build(engine, ['a-on-c'])).toEqual([]);
  expect(await build(engine, null)).toEqual(['java']);
});

test('a changed base makes all that is built on it stale, and they are built again', async () => {
  const engine = scripted();
  await build(engine, null);
  write('c', 'gradeport/base', 'RUN true\n');
  const plan = await planShipped(engine.images, folder, null);
  const states = Object.fromEntries(plan.map(({ recipe, state }) => [recipe.name, state]));
  expect(states).toEqual({ base: 'current', c: 'stale', 'a-on-c': 'stale', java: 'current' });
  expect(await build(engine, null)).toEqual(['c', 'a-on-c']);
});

test('one that fails costs those built on it and no others, and its reason is shown once', async () => {
  const engine = scripted('gradeport/c:latest');
  await expect(build(engine, null)).rejects.toThrow(
    /^Not built: gradeport\/c, gradeport\/a-on-c\.\nBuilding gradeport\/c:latest failed\.$/,
  );
  expect(engine.built).toEqual(['base', 'java']);
});

test('without the image that all are built on, nothing is tried', async () => {
  const engine = { ...scripted(), images: fakeImages({ list: async () => [] }) };
  await expect(build(engine, null)).rejects.toThrow(/gradeport\/debian:12.*npm start/);
  expect(engine.built).toEqual([]);
});
