/** Names of other base images for our own: given and taken away on request, and never from another image. */
import { beforeEach, expect, test } from 'vitest';
import {
  adoptBase,
  OUR_BASE,
  undoAdoptBase,
} from '../../../../../server/environments/builds/bases/base-name-verbs.ts';
import { RECIPE_LABEL } from '../../../../../server/environments/builds/bases/shipped-environments.ts';
import { granted } from '../../../../../server/model/verb.ts';
import type { ListedImage } from '../../../../../server/ports/engine/images.ts';
import { operatorHere } from '../../../../../server/rules/access.ts';

const operator = operatorHere('o');
const teacher = { id: 't', name: 't', operator: false, roles: { a: 'teacher' } } as const;
const INGINIOUS = 'ghcr.io/inginious/env-base:latest';

const image = (id: string, labels: Record<string, string>, ...tags: string[]): ListedImage => ({
  id,
  tags,
  labels,
  repoDigests: [],
  size: 1,
  created: 0,
});
const recipe = { [RECIPE_LABEL]: 'abc' };

let changes: string[];
beforeEach(() => {
  changes = [];
});
const engineWith = (...list: ListedImage[]) => ({
  images: {
    list: async () => list,
    tag: async (from: string, to: string) => void changes.push(`${from} → ${to}`),
    untag: async (name: string) => void changes.push(`- ${name}`),
  },
});
const base = image('sha256:1', recipe, OUR_BASE);

test('without names our base takes those of INGInious', async () => {
  const given = await granted(adoptBase(engineWith(base), operator, { names: [] }));
  expect(given).toContain(INGINIOUS);
  expect(changes).toEqual(given.map((name) => `${OUR_BASE} → ${name}`));
});

test('a name without a tag is one of "latest", and one that it has already is not given again', async () => {
  const engine = engineWith(image('sha256:1', recipe, OUR_BASE, 'r.example:5000/base:latest'));
  expect(
    await granted(adoptBase(engine, operator, { names: ['r.example:5000/base', 'own/base:1'] })),
  ).toEqual(['own/base:1']);
});

test('the name of another image is refused, and then no name is given', async () => {
  const engine = engineWith(base, image('sha256:2', {}, INGINIOUS));
  await expect(adoptBase(engine, operator, { names: [INGINIOUS, 'own/base'] })).rejects.toThrow(
    `${INGINIOUS} is another image here already.`,
  );
  expect(changes).toEqual([]);
});

test('only names of our base are taken away, and not its own', async () => {
  const engine = engineWith(
    image('sha256:1', recipe, OUR_BASE, INGINIOUS),
    image('sha256:2', {}, 'own/base:latest'),
    image('sha256:3', { ...recipe, 'org.gradeport.grading.name': 'c' }, 'gradeport/c:latest'),
  );
  const names = [OUR_BASE, INGINIOUS, 'own/base', 'gradeport/c', 'none'];
  expect(await granted(undoAdoptBase(engine, operator, { names }))).toEqual([INGINIOUS]);
  expect(changes).toEqual([`- ${INGINIOUS}`]);
});

test('without our base there is nothing to name', async () => {
  await expect(adoptBase(engineWith(), operator, { names: [] })).rejects.toThrow('gradeport env build base');
});

test('names of bases are for operators', async () => {
  for (const verb of [adoptBase, undoAdoptBase]) {
    await expect(verb(engineWith(base), teacher, { names: [] })).rejects.toMatchObject({
      problem: 'base-names-are-for-operators',
    });
  }
});
