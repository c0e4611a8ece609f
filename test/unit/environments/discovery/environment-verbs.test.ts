/** Looking at environments: what students, teachers and operators get from the verbs. */
import { expect, test } from 'vitest';
import type { Environment } from '../../../../server/environments/discovery/environment.ts';
import {
  listLayers,
  seeEnvironments,
  showEnvironment,
} from '../../../../server/environments/discovery/environment-verbs.ts';
import { findEnvironment } from '../../../../server/environments/discovery/environments-of-images.ts';
import { granted } from '../../../../server/model/verb.ts';
import { operatorHere } from '../../../../server/rules/access.ts';
import { environmentNamed } from '../../../support/stand-ins.ts';

const student = { id: 's', name: 's', operator: false, roles: { a: 'student' } } as const;
const teacher = { id: 't', name: 't', operator: false, roles: { a: 'teacher' } } as const;
const operator = operatorHere('o');
const withheld = 'Not now.';

const c = environmentNamed('c', { digest: 'sha256:1' });
const older = environmentNamed('c', {
  digest: 'sha256:2',
  image: 'old:latest',
  runtime: null,
  available: false,
  reason: 'A newer image announces the same name.',
  lost: [{ name: 'c', reason: '"c" leads to c:latest, which is newer.' }],
});
const broken = environmentNamed('gpu', {
  digest: 'sha256:3',
  runtime: null,
  available: false,
  reason: 'It needs a GPU: install a runtime.',
});
const hidden = environmentNamed('hidden', { digest: 'sha256:4', advertised: false });

const among = (...list: Environment[]) => ({
  environments: {
    list: () => list,
    find: (name: string) => findEnvironment(list, name),
    suggest: (name: string) => `Build ${name}.`,
    engine: () => ({ ok: true, sentence: 'It answers.' }),
  },
});
const all = among(c, older, broken, hidden);

test('students see one environment per name, and no reasons for staff', async () => {
  const { images, names } = await granted(seeEnvironments(all, student, { withheld }));
  expect(images.map(({ name, reason }) => [name, reason])).toEqual([
    ['c', c.reason],
    ['gpu', withheld],
  ]);
  expect(names.map(({ beside }) => beside)).toEqual([[], []]);
});

test('teachers see every image that is not hidden, operators see all', async () => {
  const seen = async (who: typeof teacher | typeof operator) =>
    (await granted(seeEnvironments(all, who, { withheld }))).images;
  expect(await seen(teacher)).toEqual([c, older, broken]);
  expect(await seen(operator)).toEqual([c, older, broken, hidden]);
});

test('fields keep the order that they have from labels and history', async () => {
  const keys = Object.keys(environmentOf(c));
  const { images } = await granted(seeEnvironments(among(environmentOf(c)), operator, {}));
  expect(Object.keys(images[0] ?? {})).toEqual(keys);
});

/** The order in which environmentsOf and the history write the fields. */
const environmentOf = (one: Environment): Environment => ({
  name: one.name,
  title: one.title,
  description: one.description,
  needRoot: one.needRoot,
  needGpu: one.needGpu,
  ports: one.ports,
  advertised: one.advertised,
  commandsLinked: one.commandsLinked,
  languages: one.languages,
  aliases: one.aliases,
  samples: null,
  image: one.image,
  digest: one.digest,
  size: one.size,
  created: one.created,
  runtime: one.runtime,
  reason: one.reason,
  available: one.available,
  lost: one.lost,
  tested: null,
  update: null,
});

test('staff sees which other images claim the name of an environment', async () => {
  const { rivals, beside } = await granted(showEnvironment(all, teacher, { name: 'c' }));
  expect(rivals).toEqual([
    { image: 'old:latest', name: 'c', reason: '"c" leads to c:latest, which is newer.' },
  ]);
  expect(beside).toEqual([older]);
  expect(await granted(showEnvironment(all, student, { name: 'c' }))).toMatchObject({
    rivals: [],
    beside: [],
  });
});

test('a name that leads nowhere: a command suggests what to do', async () => {
  await expect(granted(showEnvironment(all, operator, { name: 'java' }))).rejects.toMatchObject({
    code: 'not-found',
    message: 'There is no environment "java" here.',
    inCommand: 'Build java.',
  });
});

test('layers are of an environment or an image, and not for students', async () => {
  const steps = [{ command: 'RUN make', size: 1, createdMs: 2 }];
  const deps = {
    environments: { find: (name: string) => findEnvironment([c], name) },
    images: { inspect: async () => null, history: async () => steps },
  };
  expect(await granted(listLayers(deps, teacher, { name: 'c' }))).toEqual(steps);
  expect(await listLayers(deps, student, { name: 'c' })).toMatchObject({ ok: false });
  await expect(listLayers(deps, teacher, { name: 'none' })).rejects.toThrow(
    'There is no environment and no image "none".',
  );
});
