/** What an update of everything does, over an engine and a registry that answer as they are told. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { ROOT_IMAGE } from '../../../../server/environments/builds/bases/root-image.ts';
import {
  planShipped,
  RECIPE_LABEL,
} from '../../../../server/environments/builds/bases/shipped-environments.ts';
import { imagePolicySchema } from '../../../../server/environments/registries/policy.ts';
import type { OwnBuild } from '../../../../server/environments/updates/own-builds.ts';
import {
  readUpdatePlan,
  type UpdateDeps,
  update,
  updatesOf,
} from '../../../../server/environments/updates/update.ts';
import { updatedSentence } from '../../../../server/environments/updates/update-plan.ts';
import type { ImageDetails } from '../../../../server/ports/engine/images.ts';
import { GradeportError } from '../../../../server/rules/errors.ts';
import { SCRIPTED_INFO } from '../../../support/engine-info.ts';
import { fakeBuilder, fakeContainers, fakeImages, fakeTransfers } from '../../../support/engine-ports.ts';

const folder = mkdtempSync(join(tmpdir(), 'gradeport-update-'));
afterAll(() => rmSync(folder, { recursive: true }));
for (const [name, from] of [
  ['base', 'gradeport/debian:12'],
  ['c', 'gradeport/base'],
  ['java', 'gradeport/base'],
] as const) {
  mkdirSync(join(folder, name));
  const labels = `org.gradeport.grading.name="the-${name}" org.gradeport.grading.aliases="other-${name}"`;
  writeFileSync(
    join(folder, name, 'Dockerfile'),
    `FROM ${from}\n${name === 'base' ? '' : `LABEL ${labels}\n`}`,
  );
}

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const never = new AbortController().signal;
let images: ImageDetails[];
let remote: Record<string, string>;
let did: string[];
let own: OwnBuild[];
let broken: string | null;
beforeEach(() => {
  images = [];
  remote = {};
  did = [];
  own = [];
  broken = null;
});

const image = (tags: string[], more: Partial<ImageDetails> = {}): ImageDetails => ({
  id: digest(String(images.length + 1)),
  tags,
  repoDigests: [],
  labels: {},
  size: 1,
  layers: [],
  ...more,
});

function deps(): UpdateDeps {
  const inspect = async (name: string) =>
    images.find(({ id, tags, repoDigests }) => [id, ...tags, ...repoDigests].includes(name)) ?? null;
  const fail = () => {
    throw new Error('not asked for here');
  };
  return {
    containers: fakeContainers({ info: async () => SCRIPTED_INFO }),
    builder: fakeBuilder(async ({ tag }) => {
      if (tag === broken) throw new GradeportError('conflict', `Building ${tag} failed.`);
      did.push(`build ${tag}`);
      return { id: digest('f'), labels: {}, size: 1, layers: 1 };
    }),
    images: fakeImages({
      inspect,
      list: async () => images.map((one) => ({ ...one, created: 0 })),
      tag: async (id, name) => void did.push(`tag ${id} ${name}`),
    }),
    transfers: fakeTransfers({ pull: async (name) => void did.push(`pull ${name}`) }),
    registry: {
      async digest({ repository, host }) {
        const found = remote[`${host}/${repository}`];
        if (found === undefined) throw new GradeportError('unreachable', `${host} does not answer.`);
        return found;
      },
      read: async () => fail(),
    },
    credentials: { login: async () => null },
    policy: imagePolicySchema.parse({}),
    table: {},
    find: async () => null,
    announce: () => {},
    shipped: folder,
    own: async () => own,
  };
}

/** Those that come with Gradeport, built from what is in the folder now. */
async function buildShipped(): Promise<void> {
  for (const planned of await planShipped(deps().images, folder, null)) {
    images.push(image([planned.image], { labels: { [RECIPE_LABEL]: planned.whole } }));
  }
}
const planned = async (wanted: string[] | null = null) => readUpdatePlan(deps(), wanted, never);
const steps = async (wanted: string[] | null = null) =>
  (await planned(wanted)).steps.map(({ how, image: name }) => `${how} ${name}`);

describe('an update of those that come with Gradeport', () => {
  test('does nothing while they are built from the Dockerfiles that are here', async () => {
    images.push(image([ROOT_IMAGE]));
    await buildShipped();
    expect(await planned()).toEqual({
      steps: [],
      left: [{ image: ROOT_IMAGE, why: expect.stringContaining('made here from Debian packages') }],
    });
  });

  test('builds anew what is older than its Dockerfile, and what stands on it', async () => {
    images.push(image([ROOT_IMAGE]));
    await buildShipped();
    images = images.map((one) =>
      one.tags.includes('gradeport/base:latest') ? { ...one, labels: { [RECIPE_LABEL]: 'old' } } : one,
    );
    expect(await steps(['c'])).toEqual(['rebuild gradeport/base:latest', 'rebuild gradeport/c:latest']);
  });

  test('does not build what no user built', async () => {
    images.push(image([ROOT_IMAGE]));
    expect(await steps()).toEqual([]);
  });

  test('begins with what all of them stand on, where that was pulled', async () => {
    const names = { tags: ['debian:bookworm-slim', ROOT_IMAGE], repoDigests: [`debian@${digest('a')}`] };
    images.push(image(names.tags, names));
    await buildShipped();
    remote['docker.io/library/debian'] = digest('b');
    expect(await steps()).toEqual([
      'pull debian:bookworm-slim',
      `tag ${ROOT_IMAGE}`,
      'rebuild gradeport/base:latest',
      'rebuild gradeport/c:latest',
      'rebuild gradeport/java:latest',
    ]);
  });

  test('takes a grading name or an alias of its Dockerfile, too', async () => {
    images.push(image([ROOT_IMAGE]));
    await buildShipped();
    images = images.map((one) => ({ ...one, labels: {} }));
    expect(await steps(['other-c'])).toEqual(['rebuild gradeport/base:latest', 'rebuild gradeport/c:latest']);
    const plan = await planned(['the-c']);
    await update(
      { deps: deps(), by: null, news: { line: () => {}, progress: () => {} }, stopped: never },
      plan,
    );
    expect(did.at(-1)).toBe('build gradeport/c:latest');
  });

  test('leaves what was pulled by a tag where only digests are taken', async () => {
    const names = { tags: ['r.example.org/x:1'], repoDigests: [`r.example.org/x@${digest('a')}`] };
    images.push(image(names.tags, names));
    remote['r.example.org/x'] = digest('b');
    const strict = { ...deps(), policy: imagePolicySchema.parse({ requireDigest: true }) };
    const { steps: todo, left } = await readUpdatePlan(strict, null, never);
    expect(todo).toEqual([]);
    expect(left).toEqual([{ image: 'r.example.org/x:1', why: expect.stringContaining('only by digest') }]);
  });

  test('leaves what its registry does not tell about, and says so', async () => {
    const names = { tags: ['r.example.org/x:1'], repoDigests: [`r.example.org/x@${digest('a')}`] };
    images.push(image(names.tags, names));
    expect((await planned()).left).toEqual([
      { image: 'r.example.org/x:1', why: 'r.example.org does not answer.' },
    ]);
  });
});

describe('carrying it out', () => {
  const build = (name: string, base: string): OwnBuild => ({
    image: `local/${name}:latest`,
    names: [name],
    bases: [base],
    root: base,
    async build() {
      if (broken === name) throw new GradeportError('conflict', `Building ${name} failed.`);
      did.push(`build ${name}`);
    },
  });
  const behind = (name: string) => image([`local/${name}:latest`], { layers: ['old'] });
  const news = { line: () => {}, progress: () => {} };
  const run = async () => update({ deps: deps(), by: 'olga', news, stopped: never }, await planned());

  test('one that fails holds up only what stands on it', async () => {
    images.push(image(['root:1'], { layers: ['new'] }), behind('a'), behind('b'), behind('c'));
    own = [build('c', 'root:1'), build('b', 'local/a:latest'), build('a', 'root:1')];
    broken = 'a';
    const updated = await run();
    expect(did).toEqual(['build c']);
    expect(updated.failed).toEqual([
      { image: 'local/a:latest', error: 'Building a failed.' },
      { image: 'local/b:latest', error: 'local/a:latest, which it is built on, failed.' },
    ]);
    expect(updatedSentence(updated)).toBe('Updated local/c:latest. Failed: local/a:latest, local/b:latest.');
  });

  test('what is newer is remembered until it is updated', async () => {
    images.push(image(['root:1'], { layers: ['new'] }), behind('a'), behind('b'));
    own = [build('a', 'root:1'), build('b', 'root:1')];
    broken = 'b';
    const updates = updatesOf(deps());
    const known = () => updates.known().map(({ image: name }) => name);
    expect(known()).toEqual([]);
    await updates.plan(null, never);
    expect(known()).toEqual(['local/a:latest', 'local/b:latest']);
    expect((await updates.work(null, 'olga')(news, never)).failed).toMatchObject([
      { image: 'local/b:latest' },
    ]);
    expect(known()).toEqual(['local/b:latest']);
  });

  test('stops where somebody stops it, and does no more', async () => {
    images.push(image(['root:1'], { layers: ['new'] }), behind('a'), behind('b'));
    const stop = new AbortController();
    const first = { ...build('a', 'root:1'), build: async () => stop.abort() };
    own = [first, build('b', 'root:1')];
    const plan = await planned();
    await expect(update({ deps: deps(), by: null, news, stopped: stop.signal }, plan)).rejects.toThrow(
      'aborted',
    );
    expect(did).toEqual([]);
  });
});
