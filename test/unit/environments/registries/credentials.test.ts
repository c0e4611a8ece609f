import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createCredentials } from '../../../../server/environments/registries/credentials.ts';

const AT = Date.parse('2026-11-20T10:00:00.000Z');
const KEY = Buffer.alloc(32, 7).toString('base64');
const PASSWORD = 'correct horse battery';
let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'gradeport-credentials-'));
});
afterEach(() => rmSync(data, { recursive: true }));

const open = (key: string | null = null) => createCredentials(data, key, () => AT);
const folder = () => join(data, 'registries');
const files = () => readdirSync(folder()).map((name) => join(folder(), name));
const entry = () => files().find((name) => name.endsWith('.json')) ?? '';

describe('what is kept for a registry', () => {
  test('comes back for that registry only, also to another process', async () => {
    await open().save('R.example.org', { user: 'ann', password: PASSWORD }, 'olga');
    expect(await open().login('r.example.org')).toEqual({ user: 'ann', password: PASSWORD });
    expect(await open().login('other.example.org')).toBeNull();
  });

  test('is listed without its password', async () => {
    await open().save('r.example.org', { user: 'ann', password: PASSWORD }, 'olga');
    expect(await open().list()).toEqual([
      { host: 'r.example.org', user: 'ann', by: 'olga', at: '2026-11-20T10:00:00.000Z' },
    ]);
  });

  test('is encrypted, in files that only this user can read', async () => {
    await open().save('r.example.org', { user: 'ann', password: PASSWORD }, null);
    expect(files().length).toBe(2);
    for (const file of files()) {
      expect(statSync(file).mode & 0o777, file).toBe(0o600);
      const text = readFileSync(file, 'utf8');
      expect(text).not.toContain(PASSWORD);
      expect(text).not.toContain(Buffer.from(PASSWORD).toString('base64').slice(0, 10));
    }
    expect(statSync(folder()).mode & 0o777).toBe(0o700);
  });

  test('looks different each time that it is encrypted', async () => {
    await open().save('r.example.org', { user: 'ann', password: PASSWORD }, null);
    const first = readFileSync(entry(), 'utf8');
    await open().save('r.example.org', { user: 'ann', password: PASSWORD }, null);
    expect(readFileSync(entry(), 'utf8')).not.toBe(first);
    expect((await open().list()).length).toBe(1);
  });

  test('is of no use with another key, and says so', async () => {
    await open(KEY).save('r.example.org', { user: 'ann', password: PASSWORD }, null);
    expect(files().length).toBe(1);
    expect(await open(KEY).login('r.example.org')).toEqual({ user: 'ann', password: PASSWORD });
    await expect(open().login('r.example.org')).rejects.toThrow('its key is another');
  });

  test('cannot be moved to another registry or another user', async () => {
    await open(KEY).save('r.example.org', { user: 'ann', password: PASSWORD }, null);
    const changed = readFileSync(entry(), 'utf8').replace('"ann"', '"bob"');
    writeFileSync(entry(), changed);
    await expect(open(KEY).login('r.example.org')).rejects.toThrow('its key is another');
  });

  test('can be forgotten', async () => {
    await open().save('r.example.org', { user: 'ann', password: PASSWORD }, null);
    await open().forget('r.example.org');
    expect(await open().login('r.example.org')).toBeNull();
    await expect(open().forget('r.example.org')).rejects.toThrow('Nothing is kept');
  });

  test('of two who store the first one at once neither is lost', async () => {
    const hosts = ['a.example.org', 'b.example.org', 'c.example.org'];
    await Promise.all(hosts.map((host) => open().save(host, { user: host, password: PASSWORD }, null)));
    for (const host of hosts) {
      expect(await open().login(host)).toEqual({ user: host, password: PASSWORD });
    }
    expect(files().filter((name) => !name.endsWith('.json'))).toEqual([join(folder(), 'key')]);
  });
});

test.each([
  ['no user', { user: '', password: 'x' }, 'user: the user is missing'],
  ['a colon in the user', { user: 'a:b', password: 'x' }, 'no colon'],
  ['no password', { user: 'a', password: '' }, 'password: the password is missing'],
])('%s is refused', async (_, login, sentence) => {
  await expect(open().save('r.example.org', login, null)).rejects.toThrow(sentence);
});

test('a key that is too short is refused, saying how to make one', async () => {
  await expect(open('abc').save('r.example.org', { user: 'a', password: 'b' }, null)).rejects.toThrow(
    'openssl rand',
  );
});

test('a damaged file says which', async () => {
  await open().save('r.example.org', { user: 'ann', password: PASSWORD }, null);
  const file = entry();
  chmodSync(file, 0o600);
  writeFileSync(file, '{');
  await expect(open().list()).rejects.toThrow(`${file} is damaged`);
});
