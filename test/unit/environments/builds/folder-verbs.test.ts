/** Linting and building folders of this machine. */
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildFolder, lintFolder } from '../../../../server/environments/builds/folder-verbs.ts';
import { buildConfigSchema } from '../../../../server/environments/builds/source/build-config.ts';
import { imagePolicySchema } from '../../../../server/environments/registries/policy.ts';
import { granted } from '../../../../server/model/verb.ts';
import type { BuildOrder } from '../../../../server/ports/engine/builder.ts';
import { operatorHere } from '../../../../server/rules/access.ts';

const operator = operatorHere('o');
const teacher = { id: 't', name: 't', operator: false, roles: { a: 'teacher' } } as const;
const config = { build: buildConfigSchema.parse({}), images: imagePolicySchema.parse({}) };
const base = {
  id: 'sha256:1',
  tags: ['gradeport/base:latest'],
  repoDigests: [],
  labels: {},
  size: 1,
  created: 0,
};
const images = { list: async () => [base] };

async function folderWith(dockerfile: string) {
  const made = await mkdtempDisposable(join(tmpdir(), 'folder-verbs-'));
  await writeFile(join(made.path, 'Dockerfile'), dockerfile);
  return made;
}

test('a folder is linted with what is here: files, images and the network of the configuration', async () => {
  await using made = await folderWith('FROM gradeport/base\nCOPY missing /\n');
  const messages = await granted(lintFolder({ images, config }, operator, { folder: made.path }));
  expect(messages).toContainEqual(expect.objectContaining({ line: 2, severity: 'error' }));
});

test('a folder without a Dockerfile is reported', async () => {
  await expect(lintFolder({ images, config }, operator, { folder: '/nowhere' })).rejects.toThrow(
    '/nowhere: there is no Dockerfile that can be read.',
  );
});

test('folders of the machine are for operators', async () => {
  await expect(lintFolder({ images, config }, teacher, { folder: '/' })).rejects.toMatchObject({
    problem: 'folders-are-for-operators',
  });
});

test('a folder is built under the limits of the configuration, and its instructions are counted', async () => {
  await using made = await folderWith('FROM gradeport/base\nRUN true\n');
  const orders: BuildOrder[] = [];
  const builder = {
    async build(order: BuildOrder, news: { step(step: { number: number; of: number; text: string }): void }) {
      orders.push(order);
      news.step({ number: 2, of: 2, text: 'RUN true' });
      return { id: 'sha256:2', labels: {}, size: 5, layers: 2 };
    },
  };
  const asked = { folder: made.path, tag: 'local/mine' };
  const work = await granted(buildFolder({ images, builder, config }, operator, asked));
  const steps: unknown[] = [];
  const news = { line: () => {}, progress: (one: unknown) => void steps.push(one) };
  const built = await work.run(news, new AbortController().signal);
  expect(built).toEqual({ image: 'local/mine:latest', size: 5, layers: 2 });
  expect(orders).toMatchObject([{ tag: 'local/mine', network: false, limits: { timeMs: 20 * 60_000 } }]);
  expect(steps).toEqual([{ step: 'RUN true', done: 2, total: 2 }]);
});

test('a folder with an error in its Dockerfile is not built', async () => {
  await using made = await folderWith('FROM gradeport/base\nCOPY missing /\n');
  const builder = { build: async () => Promise.reject(new Error('never')) };
  const asked = { folder: made.path, tag: 'local/mine' };
  const work = await granted(buildFolder({ images, builder, config }, operator, asked));
  const news = { line: () => {}, progress: () => {} };
  await expect(work.run(news, new AbortController().signal)).rejects.toThrow('local/mine was not built.');
});
