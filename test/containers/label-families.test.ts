/** Two images that the engine builds, each with the labels of both families: what its own Dockerfile sets counts. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openClient } from '../../server/adapters/docker/client.ts';
import { openEngine } from '../../server/adapters/open-engine.ts';
import { readEnvironments } from '../../server/environments/catalogue.ts';
import { tempFolder } from '../support/store/temp-folder.ts';
import { importImage } from '../support/tiny-image.ts';

const engine = openEngine();
const docker = openClient();
const NAME = `families-${process.pid}`;
const made: string[] = [];
afterAll(async () => {
  for (const id of made.reverse()) await docker.getImage(id).remove({ force: true });
  await engine.close();
});

async function build(tag: string, ...lines: string[]): Promise<Record<string, string>> {
  const folder = join(tempFolder(), 'context');
  mkdirSync(folder);
  writeFileSync(join(folder, 'Dockerfile'), `${lines.join('\n')}\n`);
  const order = { folder, tag: `gradeport-test/${tag}:latest`, labels: {}, network: false, limits: null };
  const built = await engine.builder.build(order, { line: () => {}, step: () => {} });
  made.push(built.id);
  return built.labels;
}

const listed = async (tag: string) => {
  const { list } = await readEnvironments(engine, {}, {});
  return list.find(({ image }) => image === `gradeport-test/${tag}:latest`);
};

test.each([
  ['gradeport', 'inginious'],
  ['inginious', 'gradeport'],
])('on an image with %s labels, the %s name of the Dockerfile counts', async (base, own) => {
  const tag = `${NAME}-${own}`;
  await build(
    `${tag}-base`,
    'FROM scratch',
    `LABEL org.${base}.grading.name="${NAME}-old" org.${base}.grading.title="As it was"`,
  );
  const from = `FROM gradeport-test/${tag}-base`;
  await build(tag, from, `LABEL org.${own}.grading.name="${tag}"`, 'ENV LATER=1');
  expect(await listed(tag)).toMatchObject({
    name: tag,
    title: 'As it was',
    whichLabels: `The two families of labels differ: org.${own}.grading.* counts for name, because it is set last.`,
  });
  expect(await listed(`${tag}-base`)).not.toHaveProperty('whichLabels');
});

test('an imported image, whose history says nothing, goes by Gradeport’s name', async () => {
  const labels = { 'org.inginious.grading.name': `${NAME}-ing`, 'org.gradeport.grading.name': `${NAME}-gp` };
  await importImage(`gradeport-test/${NAME}-flat`, labels);
  made.push((await engine.images.inspect(`gradeport-test/${NAME}-flat`))?.id ?? '');
  expect(await listed(`${NAME}-flat`)).toMatchObject({
    name: `${NAME}-gp`,
    whichLabels: expect.stringContaining('the history of the image does not say'),
  });
});
