/** Push, pull, outdated and update, against a real registry with a password. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { PROJECT_FOLDER } from '../../server/config.ts';
import type { BuildContext } from '../../server/environments/build-context.ts';
import { look } from '../../server/environments/sharing/look.ts';
import { readFreshness } from '../../server/environments/sharing/outdated.ts';
import { type PullRequest, pull } from '../../server/environments/sharing/pull.ts';
import { push } from '../../server/environments/sharing/push.ts';
import { readUpdatePlan, update } from '../../server/setup/update.ts';
import { openEngineProxy } from '../support/engine-proxy.ts';
import { openFakeRegistry, sha256 } from '../support/fake-registry.ts';
import { cli } from '../support/processes.ts';
import { LOGIN, openRegistry, type TestRegistry } from '../support/registry.ts';
import { importImage } from '../support/tiny-image.ts';
import { never, openSharingHouse, type SharingHouse } from './support/sharing-house.ts';

const NAME = `shared-${process.pid}`;
const LOCAL = `gradeport-test/${NAME}:latest`;
const labels = { 'org.gradeport.grading.name': NAME, 'org.gradeport.grading.title': 'Shared' };
let registry: TestRegistry;
let house: SharingHouse;
beforeAll(async () => {
  registry = await openRegistry();
  house = openSharingHouse();
  await house.credentials.save(registry.host, LOGIN, 'olga');
});
afterEach(async () => {
  await house.forget(registry.host);
  await house.forget(LOCAL);
  // Kept by the history for its own use.
  await house.forget(`gradeport-revision/${NAME}`);
});
afterAll(async () => {
  await house?.close();
  await registry?.close();
});

const at = (rest: string) => `${registry.host}/${rest}`;
const request = (rest: string, more: Partial<PullRequest> = {}): PullRequest => ({
  reference: at(rest),
  any: false,
  by: 'olga',
  ...more,
});
const pulling = (rest: string, more: Partial<PullRequest> = {}) =>
  pull(house.sharing, request(rest, more), house.news, never);
/** In the registry, and not in the engine any more. */
async function publish(rest: string, about: Record<string, string> = labels, content: string | Buffer = 'x') {
  await importImage(LOCAL, about, content);
  const id = await house.idOf(LOCAL);
  const { pinned } = await push(house.sharing, { name: LOCAL, reference: at(rest) }, house.news, never);
  await house.forget(registry.host);
  await house.forget(LOCAL);
  return { id, pinned };
}

describe('an environment in a registry', () => {
  test('was pushed from here, is known before it is pulled, and is one of ours after it', async () => {
    const { id, pinned } = await publish('course/lua:1', {
      ...labels,
      'org.gradeport.grading.need_root': '1',
    });
    expect(await house.idOf(at('course/lua:1'))).toBeNull();
    expect(await look(house.sharing, at('course/lua:1'))).toMatchObject({
      pinned,
      id,
      here: false,
      runtime: 'runsc',
      environment: { name: NAME, title: 'Shared', needRoot: true },
    });
    const pulled = await pulling('course/lua:1');
    expect(pulled).toMatchObject({ image: at('course/lua:1'), changed: true });
    expect(await house.idOf(at('course/lua:1'))).toBe(id);
    expect(await house.sharing.find(NAME)).toMatchObject({ digest: id, runtime: 'runsc' });
    expect(house.announced).toContainEqual([id, { by: 'olga', from: 'pull' }]);
    expect(house.lines).toContain(`environment "${NAME}": Shared`);
  });

  test('grades submissions once it is pulled', async () => {
    const folder = join(house.data, 'graded');
    mkdirSync(join(folder, 'task'), { recursive: true });
    writeFileSync(
      join(folder, 'Dockerfile'),
      `FROM gradeport/default\nLABEL org.gradeport.grading.name=${NAME}\n`,
    );
    const order = { folder, tag: LOCAL, labels: {}, network: false, limits: null };
    await house.engine.build(order, { line: () => {}, step: () => {} });
    await push(house.sharing, { name: NAME, reference: at('graded:1') }, house.news, never);
    await house.forget(LOCAL);
    await house.forget(registry.host);
    const task = `environment_id: ${NAME}\nproblems: { q: { type: code } }\n`;
    writeFileSync(join(folder, 'task/task.yaml'), task);
    writeFileSync(
      join(folder, 'task/run'),
      '#!/bin/bash\ngetinput q > student/a.sh\nrun_student "bash student/a.sh" && feedback-result success\n',
    );
    const grade = ['grade', join(folder, 'task'), '--answer', 'q=exit 0', '--json'];
    expect((await cli(grade)).code).not.toBe(0);
    await pulling('graded:1');
    const graded = await cli(grade);
    expect(graded.code, graded.stderr).toBe(0);
    expect(JSON.parse(graded.stdout)).toMatchObject({ verdict: 'success' });
  });

  test('that is here already is not called new', async () => {
    await publish('lua:again');
    expect((await pulling('lua:again')).changed).toBe(true);
    expect((await pulling('lua:again')).changed).toBe(false);
  });

  test('is pulled by its digest, whatever its tag leads to by now, and keeps a name', async () => {
    const { id, pinned } = await publish('lua:moving', labels, 'first');
    await publish('lua:moving', labels, 'second');
    const digest = pinned.split('@')[1] ?? '';
    const pulled = await pulling(`lua@${digest}`);
    expect(pulled.image).toBe(at(`lua:pinned-${digest.slice(7, 19)}`));
    expect(await house.idOf(pulled.image)).toBe(id);
    expect(await readOwn()).toMatchObject([{ image: pulled.image, state: 'pinned' }]);
  });

  test('that changed since somebody looked is not pulled', async () => {
    await publish('lua:changing', labels, 'first');
    const { digest } = await look(house.sharing, at('lua:changing'));
    await publish('lua:changing', labels, 'second');
    await expect(pulling('lua:changing', { expected: digest })).rejects.toThrow(
      'has changed since you looked',
    );
    expect(await house.idOf(at('lua:changing'))).toBeNull();
  });

  test('may be pulled by two people at once', async () => {
    const { id } = await publish('lua:both', labels, randomBytes(4_000_000));
    const [one, two] = await Promise.all([pulling('lua:both'), pulling('lua:both', { by: 'otto' })]);
    expect([one.id, two.id]).toEqual([id, id]);
    expect(await house.idOf(at('lua:both'))).toBe(id);
  });
});

describe('an image that', () => {
  test('is no environment is pulled only when somebody says so', async () => {
    await publish('plain:1', {});
    await expect(pulling('plain:1')).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('has no label org.gradeport.grading.name'),
    });
    expect(await house.idOf(at('plain:1'))).toBeNull();
    expect(await pulling('plain:1', { any: true })).toMatchObject({ environment: null });
  });

  test('would take the name of another environment is refused', async () => {
    await publish('lua:1');
    await importImage(at('lua:1'), { 'org.gradeport.grading.name': `${NAME}-other` });
    await expect(pulling('lua:1')).rejects.toThrow(`the environment "${NAME}-other"`);
  });

  test('is not there, or not for us, is told in a sentence', async () => {
    await expect(pulling('nothing:1')).rejects.toMatchObject({ code: 'not-found' });
    await expect(
      push(house.sharing, { name: `${NAME}-none`, reference: at('x:1') }, house.news, never),
    ).rejects.toMatchObject({ code: 'not-found' });
  });

  test('is not on the list of the operator is not even asked for', async () => {
    const strict = openSharingHouse({ allow: ['r.example.org/**'] });
    try {
      await expect(pull(strict.sharing, request('lua:1'), strict.news, never)).rejects.toMatchObject({
        code: 'denied',
        message: expect.stringContaining('is not on'),
      });
    } finally {
      await strict.close();
    }
  });
});

test.each([
  ['a wrong password', { user: LOGIN.user, password: 'wrong' }],
  ['no password', null],
])('with %s nothing goes in or out, and the sentence says what to do', async (_, login) => {
  await publish('lua:private');
  await importImage(LOCAL, labels);
  const stranger = openSharingHouse();
  try {
    if (login) await stranger.credentials.save(registry.host, login, null);
    const advice = { code: 'denied', message: expect.stringContaining(`registry login ${registry.host}`) };
    await expect(pull(stranger.sharing, request('lua:private'), stranger.news, never)).rejects.toMatchObject(
      advice,
    );
    const away = { name: LOCAL, reference: at('lua:stolen') };
    await expect(push(stranger.sharing, away, stranger.news, never)).rejects.toMatchObject(advice);
    expect(await house.idOf(at('lua:stolen'))).toBeNull();
  } finally {
    await stranger.close();
  }
});

const readOwn = async () =>
  (await readFreshness(house.sharing)).filter(({ image }) => image.startsWith(registry.host));

describe('what is newer in the registry', () => {
  test('is known without pulling it, and comes with an update', async () => {
    const first = await publish('lua:1', labels, 'first');
    await pulling('lua:1');
    expect(await readOwn()).toMatchObject([{ name: NAME, state: 'current' }]);
    const second = await publishBeside('lua:1', labels);
    expect(await readOwn()).toMatchObject([{ image: at('lua:1'), state: 'outdated', id: first.id }]);
    const plan = await readUpdatePlan(house.sharing, [NAME], never);
    expect(plan.steps).toMatchObject([{ image: at('lua:1'), how: 'pull' }]);
    expect(await house.idOf(at('lua:1'))).toBe(first.id);
    const { done } = await update(updating(), plan);
    expect(done.length).toBe(1);
    expect(await house.idOf(at('lua:1'))).toBe(second);
    expect(house.announced).toContainEqual([second, { by: 'olga', from: 'update' }]);
  });

  test('of a base makes what was built on it here be built again, after it', async () => {
    await publish('base:1', {}, 'first');
    await pulling('base:1', { any: true });
    const dockerfile = `FROM ${at('base:1')}\nLABEL org.gradeport.grading.name=${NAME}\n`;
    const files: BuildContext = new Map([
      ['Dockerfile', { content: Buffer.from(dockerfile), executable: false }],
    ]);
    const about = { name: NAME, by: 'ada', at: new Date().toISOString(), image: LOCAL };
    const record = await house.sources.begin(about, files);
    const folder = house.sources.contextOf(NAME, record.version);
    const order = { folder, tag: LOCAL, labels: {}, network: false, limits: null };
    const { id } = await house.engine.build(order, { line: () => {}, step: () => {} });
    await house.sources.end({ ...record, state: 'built', digest: id }, []);

    const next = await publishBeside('base:1', {});
    const plan = await readUpdatePlan(house.sharing, [NAME], never);
    expect(plan.steps.map(({ image, how }) => [image, how])).toEqual([
      [at('base:1'), 'pull'],
      [LOCAL, 'rebuild'],
    ]);
    expect(await house.idOf(LOCAL)).toBe(id);
    const { failed } = await update(updating(), plan);
    expect(failed).toEqual([]);
    const [layersOfBase, layers] = await Promise.all([layersOf(next), layersOf(LOCAL)]);
    expect(layers.slice(0, layersOfBase.length)).toEqual(layersOfBase);
    const rebuilt = await house.idOf(LOCAL);
    expect(rebuilt).not.toBe(id);
    await house.docker.getImage(id).remove({ force: true });
    expect(await house.sources.lastBuilt(NAME)).toMatchObject({ version: 2, by: 'olga', digest: rebuilt });
    expect(house.announced).toContainEqual([rebuilt, { by: 'olga', from: 'update' }]);
    expect((await readUpdatePlan(house.sharing, [NAME], never)).steps).toEqual([]);

    await importImage(at('base:1'), {}, 'by hand');
    expect((await readUpdatePlan(house.sharing, [NAME], never)).steps).toMatchObject([
      { image: LOCAL, how: 'rebuild', why: expect.stringContaining('an older') },
    ]);
  });

  test('cannot be known when the registry is away: it says so, and nothing fails', async () => {
    const other = await openRegistry();
    await house.credentials.save(other.host, LOGIN, null);
    await importImage(LOCAL, labels);
    await push(house.sharing, { name: LOCAL, reference: `${other.host}/lua:1` }, house.news, never);
    await other.close();
    const found = (await readFreshness(house.sharing)).find(({ image }) => image === `${other.host}/lua:1`);
    expect(found).toMatchObject({ state: 'unknown', reason: expect.stringContaining('cannot be reached') });
    await house.forget(other.host);
    await house.credentials.forget(other.host);
  });
});

/** The registry gets another image under this name, as from another machine: here the name stays where it is. */
async function publishBeside(rest: string, about: Record<string, string>): Promise<string | null> {
  const held = await house.idOf(at(rest));
  const temporary = `gradeport-test/${NAME}-beside:latest`;
  await importImage(temporary, about, `other ${rest}`);
  const id = await house.idOf(temporary);
  await push(house.sharing, { name: temporary, reference: at(rest) }, house.news, never);
  const [repo = '', tag] = rest.split(':');
  await house.docker.getImage(held ?? '').tag({ repo: at(repo), tag: tag ?? 'latest' });
  await house.docker.getImage(id ?? '').remove({ force: true });
  return id;
}

const layersOf = async (name: string | null) =>
  (await house.sharing.images.inspect(name ?? ''))?.layers ?? [];

const updating = () => ({ deps: house.sharing, by: 'olga', news: house.news, stopped: never });

describe('a pull that is interrupted', () => {
  test('by its operator ends at once, leaves no name, and can be done again', async () => {
    const { id } = await publish('lua:large', labels, randomBytes(30_000_000));
    const stop = new AbortController();
    const news = {
      ...house.news,
      progress: ({ step }: { step: string }) => step === 'downloading' && stop.abort(),
    };
    await expect(
      pull(
        house.sharing,
        request('lua:large'),
        { ...news, progress: (at) => void news.progress(at) },
        stop.signal,
      ),
    ).rejects.toThrow();
    expect(await house.idOf(at('lua:large'))).toBeNull();
    await pulling('lua:large');
    expect(await house.idOf(at('lua:large'))).toBe(id);
  });

  test('by an engine that goes away says so, and can be done again', async () => {
    const { id } = await publish('lua:cut', labels, randomBytes(30_000_000));
    const proxy = await openEngineProxy(join(house.data, 'engine.sock'));
    const before = process.env['DOCKER_HOST'];
    process.env['DOCKER_HOST'] = proxy.host;
    const beside = openSharingHouse();
    try {
      await beside.credentials.save(registry.host, LOGIN, null);
      let cut: Promise<void> | null = null;
      const progress = ({ step }: { step: string }) => {
        if (step === 'downloading') cut ??= proxy.cut();
      };
      await expect(
        pull(beside.sharing, request('lua:cut'), { ...beside.news, progress }, never),
      ).rejects.toMatchObject({ code: 'unreachable' });
      await cut;
    } finally {
      if (before === undefined) delete process.env['DOCKER_HOST'];
      else process.env['DOCKER_HOST'] = before;
      await beside.close();
      await proxy.close();
    }
    await pulling('lua:cut');
    expect(await house.idOf(at('lua:cut'))).toBe(id);
  });

  test('by a registry that hangs is over when somebody stops it', async () => {
    const fake = await openFakeRegistry();
    try {
      fake.publish('lua', '1', labels, { rootfs: { type: 'layers', diff_ids: [sha256('a'), sha256('b')] } });
      const stop = new AbortController();
      fake.on(`/v2/lua/blobs/${sha256('a')}`, () => stop.abort());
      fake.on(`/v2/lua/blobs/${sha256('b')}`, () => {});
      const reference = `${fake.host}/lua:1`;
      await expect(
        pull(house.sharing, { reference, any: false, by: null }, house.news, stop.signal),
      ).rejects.toThrow('aborted');
      expect(await house.idOf(reference)).toBeNull();
    } finally {
      await fake.close();
    }
  });

  test('by a registry that sends garbage for a layer fails, and leaves no name', async () => {
    const fake = await openFakeRegistry();
    try {
      fake.publish('lua', '1', labels, { rootfs: { type: 'layers', diff_ids: [sha256('a'), sha256('b')] } });
      for (const layer of ['a', 'b']) {
        fake.on(`/v2/lua/blobs/${sha256(layer)}`, (_, res) => void res.end('garbage'.repeat(100)));
      }
      const reference = `${fake.host}/lua:1`;
      await expect(
        pull(house.sharing, { reference, any: false, by: null }, house.news, never),
      ).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('verification') });
      expect(await house.idOf(reference)).toBeNull();
    } finally {
      await fake.close();
    }
  });
});

describe('the command line', () => {
  const run = (args: string[], stdin = '') => cli([...args, '--data', house.data], { stdin });

  test('keeps a password without ever showing it, and pulls with it', async () => {
    const { id } = await publish('lua:cli');
    const host = registry.host;
    expect((await run(['registry', 'logout', host])).code).toBe(0);
    const refused = await run(['env', 'pull', at('lua:cli')]);
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain(`gradeport registry login ${host}`);
    const login = ['registry', 'login', host, '--user', LOGIN.user, '--password-stdin', '--json'];
    const kept = await run(login, `${LOGIN.password}\n`);
    expect(JSON.parse(kept.stdout)).toMatchObject({ host, user: LOGIN.user });
    const list = await run(['registry', 'list', '--json']);
    expect(JSON.parse(list.stdout)).toMatchObject([{ host, user: LOGIN.user }]);
    const pulled = await run(['env', 'pull', at('lua:cli'), '--json']);
    expect(pulled.code, pulled.stderr).toBe(0);
    expect(JSON.parse(pulled.stdout)).toMatchObject([{ id, image: at('lua:cli'), changed: true }]);
    for (const { stdout, stderr } of [kept, list, pulled])
      expect(stdout + stderr).not.toContain(LOGIN.password);
  });

  test('wants the password on stdin', async () => {
    const { code, stderr } = await run(['registry', 'login', registry.host, '--user', 'ann']);
    expect(code).toBe(2);
    expect(stderr).toContain('--password-stdin');
  });

  test('says what is outdated, plans, and updates only then', async () => {
    await publish('lua:1', labels, 'first');
    expect((await run(['env', 'pull', at('lua:1')])).code).toBe(0);
    const before = await house.idOf(at('lua:1'));
    const next = await publishBeside('lua:1', labels);
    const outdated = await run(['env', 'outdated']);
    expect(outdated.stdout).toMatch(new RegExp(`${at('lua:1')} +outdated`));
    const plan = await run(['env', 'update', NAME, '--dry-run']);
    expect(plan.stdout).toMatch(new RegExp(`1 +pull +${at('lua:1')}`));
    expect(await house.idOf(at('lua:1'))).toBe(before);
    const updated = await run(['env', 'update', NAME]);
    expect(updated.code, updated.stderr).toBe(0);
    expect(updated.stdout).toBe(`${at('lua:1')}\n`);
    expect(await house.idOf(at('lua:1'))).toBe(next);
    expect((await run(['env', 'update'])).code).toBe(2);
  });

  test('tells the history of an installation who brought what, and from where', async () => {
    await publish('lua:1', labels, 'first');
    expect((await run(['user', 'add', 'olga', '--operator'])).code).toBe(0);
    expect((await run(['env', 'pull', at('lua:1')])).code).toBe(0);
    const first = await house.idOf(at('lua:1'));
    const next = await publishBeside('lua:1', labels);
    const updated = await run(['env', 'update', NAME]);
    expect(updated.code, updated.stderr).toBe(0);
    const history = await run(['env', 'history', NAME, '--json']);
    expect(history.code, history.stderr).toBe(0);
    const who = userInfo().username;
    const revisions = JSON.parse(history.stdout) as {
      digest: string;
      from: string;
      by: string;
      state: string;
    }[];
    expect(revisions.map(({ digest, from, by, state }) => [digest, from, by, state])).toEqual([
      [next, 'update', who, 'staged'],
      [first, 'pull', who, 'current'],
    ]);
    const shown = await cli(['env', 'show', NAME, '--json'], { env: { GRADEPORT_DATA: house.data } });
    expect(JSON.parse(shown.stdout)).toMatchObject({ digest: first });
  });

  test('stops at Ctrl-C, whatever the registry does', async () => {
    const fake = await openFakeRegistry();
    try {
      fake.publish('lua', '1', labels, { rootfs: { type: 'layers', diff_ids: [sha256('a'), sha256('b')] } });
      const args = ['env', 'pull', `${fake.host}/lua:1`, '--data', house.data];
      const child = spawn(process.execPath, [join(PROJECT_FOLDER, 'bin/gradeport.mjs'), ...args]);
      for (const layer of ['a', 'b']) {
        fake.on(`/v2/lua/blobs/${sha256(layer)}`, () => void child.kill('SIGINT'));
      }
      let said = '';
      child.stderr.on('data', (chunk) => {
        said += String(chunk);
      });
      const [code] = (await once(child, 'close')) as [number | null];
      expect(code, said).toBe(130);
      expect(said).toContain('Stopped.');
      expect(await house.idOf(`${fake.host}/lua:1`)).toBeNull();
    } finally {
      await fake.close();
    }
  });

  test('follows the list in the configuration', async () => {
    const config = join(house.data, 'config.yaml');
    writeFileSync(config, 'images: { allow: ["r.example.org/**"] }\n');
    const { code, stderr } = await cli(['env', 'pull', at('lua:1')], { env: { GRADEPORT_CONFIG: config } });
    expect(code).toBe(3);
    expect(stderr).toContain('images.allow');
  });
});
