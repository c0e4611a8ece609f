/** Push and pull, against a real registry with a password. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { look } from '../../server/environments/registries/look-at-image.ts';
import { pull } from '../../server/environments/registries/pull.ts';
import { push } from '../../server/environments/registries/push.ts';
import { openRegistryHouse, type RegistryHouse } from '../support/containers/published.ts';
import { never, openSharingHouse } from '../support/containers/sharing-house.ts';
import { cli } from '../support/processes.ts';
import { LOGIN } from '../support/registry.ts';
import { importImage } from '../support/tiny-image.ts';

const NAME = `shared-${process.pid}`;
let house: RegistryHouse;
beforeAll(async () => {
  house = await openRegistryHouse(NAME);
});
afterEach(() => house.forgetAll());
afterAll(() => house?.close());

describe('an environment in a registry', () => {
  test('was pushed from here, is known before it is pulled, and is in the list after it', async () => {
    const { id, pinned } = await house.publish('course/lua:1', {
      ...house.labels,
      'org.gradeport.grading.need_root': '1',
    });
    expect(await house.idOf(house.at('course/lua:1'))).toBeNull();
    expect(await look(house.sharing, house.at('course/lua:1'))).toMatchObject({
      pinned,
      id,
      here: false,
      runtime: 'runsc',
      environment: { name: NAME, title: 'Shared', needRoot: true },
    });
    const pulled = await house.pulling('course/lua:1');
    expect(pulled).toMatchObject({ image: house.at('course/lua:1'), changed: true });
    expect(await house.idOf(house.at('course/lua:1'))).toBe(id);
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
    const order = { folder, tag: house.local, labels: {}, network: false, limits: null };
    await house.engine.builder.build(order, { line: () => {}, step: () => {} });
    await push(house.sharing, { name: NAME, reference: house.at('graded:1') }, house.news, never);
    await house.forget(house.local);
    await house.forget(house.host);
    const task = `environment_id: ${NAME}\nproblems: { q: { type: code } }\n`;
    writeFileSync(join(folder, 'task/task.yaml'), task);
    writeFileSync(
      join(folder, 'task/run'),
      '#!/bin/bash\ngetinput q > student/a.sh\nrun_student "bash student/a.sh" && feedback-result success\n',
    );
    const grade = ['grade', join(folder, 'task'), '--answer', 'q=exit 0', '--json'];
    expect((await cli(grade)).code).not.toBe(0);
    await house.pulling('graded:1');
    const graded = await cli(grade);
    expect(graded.code, graded.stderr).toBe(0);
    expect(JSON.parse(graded.stdout)).toMatchObject({ verdict: 'success' });
  });

  test('ends where pages show it, because the next link leads to it', async () => {
    await house.publish('lua:linked');
    const seen: unknown[] = [];
    const untilListed = async (name: string) =>
      void seen.push(name, await house.idOf(house.at('lua:linked')));
    const pulled = await pull(
      { ...house.sharing, untilListed },
      house.request('lua:linked'),
      house.news,
      never,
    );
    expect(seen).toEqual([NAME, await house.idOf(pulled.image)]);
  });

  test('that is here already is not called new', async () => {
    await house.publish('lua:again');
    expect((await house.pulling('lua:again')).changed).toBe(true);
    expect((await house.pulling('lua:again')).changed).toBe(false);
  });

  test('is pulled by its digest, whatever its tag leads to by now, and keeps a name', async () => {
    const { id, pinned } = await house.publish('lua:moving', house.labels, 'first');
    await house.publish('lua:moving', house.labels, 'second');
    const digest = pinned.split('@')[1] ?? '';
    const pulled = await house.pulling(`lua@${digest}`);
    expect(pulled.image).toBe(house.at(`lua:pinned-${digest.slice(7, 19)}`));
    expect(await house.idOf(pulled.image)).toBe(id);
    expect(await house.freshness()).toMatchObject([{ image: pulled.image, state: 'pinned' }]);
  });

  test('that changed since somebody looked is not pulled', async () => {
    await house.publish('lua:changing', house.labels, 'first');
    const { digest } = await look(house.sharing, house.at('lua:changing'));
    await house.publish('lua:changing', house.labels, 'second');
    await expect(house.pulling('lua:changing', { expected: digest })).rejects.toThrow(
      'has changed since you looked',
    );
    expect(await house.idOf(house.at('lua:changing'))).toBeNull();
  });

  test('may be pulled by two people at once', async () => {
    const { id } = await house.publish('lua:both', house.labels, randomBytes(4_000_000));
    const [one, two] = await Promise.all([
      house.pulling('lua:both'),
      house.pulling('lua:both', { by: 'otto' }),
    ]);
    expect([one.id, two.id]).toEqual([id, id]);
    expect(await house.idOf(house.at('lua:both'))).toBe(id);
  });
});

describe('an image that', () => {
  test('is no environment is pulled only when somebody says so', async () => {
    await house.publish('plain:1', {});
    await expect(house.pulling('plain:1')).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('has no label org.gradeport.grading.name'),
    });
    expect(await house.idOf(house.at('plain:1'))).toBeNull();
    expect(await house.pulling('plain:1', { any: true })).toMatchObject({ environment: null });
  });

  test('would take the name of another environment is refused', async () => {
    await house.publish('lua:1');
    await importImage(house.at('lua:1'), { 'org.gradeport.grading.name': `${NAME}-other` });
    await expect(house.pulling('lua:1')).rejects.toThrow(`the environment "${NAME}-other"`);
  });

  test('is not there, or not for us, is reported in a sentence', async () => {
    await expect(house.pulling('nothing:1')).rejects.toMatchObject({ code: 'not-found' });
    await expect(
      push(house.sharing, { name: `${NAME}-none`, reference: house.at('x:1') }, house.news, never),
    ).rejects.toMatchObject({ code: 'not-found' });
  });

  test('is not on the list of the operator is not even asked for', async () => {
    const strict = openSharingHouse({ allow: ['r.example.org/**'] });
    try {
      await expect(pull(strict.sharing, house.request('lua:1'), strict.news, never)).rejects.toMatchObject({
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
  await house.publish('lua:private');
  await importImage(house.local, house.labels);
  const stranger = openSharingHouse();
  try {
    if (login) await stranger.credentials.save(house.host, login, null);
    const advice = { code: 'denied', message: expect.stringContaining(`registry login ${house.host}`) };
    await expect(
      pull(stranger.sharing, house.request('lua:private'), stranger.news, never),
    ).rejects.toMatchObject(advice);
    const away = { name: house.local, reference: house.at('lua:stolen') };
    await expect(push(stranger.sharing, away, stranger.news, never)).rejects.toMatchObject(advice);
    expect(await house.idOf(house.at('lua:stolen'))).toBeNull();
  } finally {
    await stranger.close();
  }
});
