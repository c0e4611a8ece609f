/** Linting and building folders of this machine. */
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildConfigSchema } from '../../../../server/environments/builds/build-config.ts';
import { lintFolder } from '../../../../server/environments/builds/folder-verbs.ts';
import { imagePolicySchema } from '../../../../server/environments/registries/policy.ts';
import { granted } from '../../../../server/model/verb.ts';
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
