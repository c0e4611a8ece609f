/** The commands on registries, against a real one with a password. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { PROJECT_FOLDER } from '../../server/config/config.ts';
import { openRegistryHouse, type RegistryHouse } from '../support/containers/published.ts';
import { openFakeRegistry, sha256 } from '../support/fake-registry.ts';
import { cli } from '../support/processes.ts';
import { LOGIN } from '../support/registry.ts';

const NAME = `typed-${process.pid}`;
let house: RegistryHouse;
beforeAll(async () => {
  house = await openRegistryHouse(NAME);
});
afterEach(() => house.forgetAll());
afterAll(() => house?.close());

describe('the command line', () => {
  const run = (args: string[], stdin = '') => cli([...args, '--data', house.data], { stdin });

  test('keeps a password without ever showing it, and pulls with it', async () => {
    const { id } = await house.publish('lua:cli');
    const host = house.host;
    expect((await run(['registry', 'logout', host])).code).toBe(0);
    const refused = await run(['env', 'pull', house.at('lua:cli')]);
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain(`gradeport registry login ${host}`);
    const login = ['registry', 'login', host, '--user', LOGIN.user, '--password-stdin', '--json'];
    const kept = await run(login, `${LOGIN.password}\n`);
    expect(JSON.parse(kept.stdout)).toMatchObject({ host, user: LOGIN.user });
    const list = await run(['registry', 'list', '--json']);
    expect(JSON.parse(list.stdout)).toMatchObject([{ host, user: LOGIN.user }]);
    const pulled = await run(['env', 'pull', house.at('lua:cli'), '--json']);
    expect(pulled.code, pulled.stderr).toBe(0);
    expect(JSON.parse(pulled.stdout)).toMatchObject([{ id, image: house.at('lua:cli'), changed: true }]);
    for (const { stdout, stderr } of [kept, list, pulled])
      expect(stdout + stderr).not.toContain(LOGIN.password);
  });

  test('wants the password on stdin', async () => {
    const { code, stderr } = await run(['registry', 'login', house.host, '--user', 'ann']);
    expect(code).toBe(2);
    expect(stderr).toContain('--password-stdin');
  });

  test('says what is outdated, plans, and updates only then', async () => {
    await house.publish('lua:1', house.labels, 'first');
    expect((await run(['env', 'pull', house.at('lua:1')])).code).toBe(0);
    const before = await house.idOf(house.at('lua:1'));
    const next = await house.publishBeside('lua:1', house.labels);
    const outdated = await run(['env', 'outdated']);
    expect(outdated.stdout).toMatch(new RegExp(`${house.at('lua:1')} +outdated`));
    const plan = await run(['env', 'update', NAME, '--dry-run']);
    expect(plan.stdout).toMatch(new RegExp(`1 +pull +${house.at('lua:1')}`));
    expect(await house.idOf(house.at('lua:1'))).toBe(before);
    const updated = await run(['env', 'update', NAME]);
    expect(updated.code, updated.stderr).toBe(0);
    expect(updated.stdout).toBe(`${house.at('lua:1')}\n`);
    expect(await house.idOf(house.at('lua:1'))).toBe(next);
    expect((await run(['env', 'update'])).code).toBe(2);
  });

  test('tells the history of an installation who brought what, and from where', async () => {
    await house.publish('lua:1', house.labels, 'first');
    expect((await run(['user', 'add', 'olga', '--operator'])).code).toBe(0);
    expect((await run(['env', 'pull', house.at('lua:1')])).code).toBe(0);
    const first = await house.idOf(house.at('lua:1'));
    const next = await house.publishBeside('lua:1', house.labels);
    const updated = await run(['env', 'update', NAME]);
    expect(updated.code, updated.stderr).toBe(0);
    expect(updated.stderr).toContain('It grades now.');
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
      [next, 'update', who, 'current'],
      [first, 'pull', who, 'retired'],
    ]);
    const shown = await cli(['env', 'show', NAME, '--json'], { env: { GRADEPORT_DATA: house.data } });
    expect(JSON.parse(shown.stdout)).toMatchObject({ digest: next });
  });

  test('stops at Ctrl-C, whatever the registry does', async () => {
    const fake = await openFakeRegistry();
    try {
      fake.publish('lua', '1', house.labels, {
        rootfs: { type: 'layers', diff_ids: [sha256('a'), sha256('b')] },
      });
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
    const { code, stderr } = await cli(['env', 'pull', house.at('lua:1')], {
      env: { GRADEPORT_CONFIG: config },
    });
    expect(code).toBe(3);
    expect(stderr).toContain('images.allow');
  });
});
