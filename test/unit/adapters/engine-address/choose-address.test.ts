/** Where the engine is: in the order of Docker's command line, and what is said when that cannot be. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { chooseAddress } from '../../../../server/adapters/engine-address/choose-address.mjs';

const folder = mkdtempSync(join(tmpdir(), 'gradeport-address-'));
afterAll(() => rmSync(folder, { recursive: true }));
let home = '';
beforeEach(() => {
  home = mkdtempSync(join(folder, 'home-'));
});

const USUAL = '/var/run/docker.sock';
const choose = (env: Record<string, string> = {}, sockets = [USUAL], platform: NodeJS.Platform = 'linux') =>
  chooseAddress({ env, home, uid: 1000, platform, isSocket: (path) => sockets.includes(path) });

function write(path: string, content: unknown): string {
  const file = join(home, '.docker', path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}
const idOf = (name: string) => createHash('sha256').update(name).digest('hex');
const meta = (name: string) => `contexts/meta/${idOf(name)}/meta.json`;
const context = (name: string, docker: unknown) => write(meta(name), { Name: name, Endpoints: { docker } });

describe('the engine is', () => {
  test('at DOCKER_HOST before all else', () => {
    context('lab', { Host: 'tcp://192.0.2.1:2375' });
    write('config.json', { currentContext: 'lab' });
    expect(choose({ DOCKER_HOST: 'unix:///run/other.sock', DOCKER_CONTEXT: 'lab' })).toMatchObject({
      place: { kind: 'socket', path: '/run/other.sock' },
      shown: 'unix:///run/other.sock',
      origin: 'DOCKER_HOST',
      note: expect.stringContaining('DOCKER_CONTEXT is set, too'),
    });
  });

  test('at the context that DOCKER_CONTEXT names, before the current one', () => {
    context('lab', { Host: 'tcp://192.0.2.1:2375' });
    context('far', { Host: 'ssh://ann@engine.example.org:2222' });
    write('config.json', { currentContext: 'lab' });
    expect(choose({ DOCKER_CONTEXT: 'far' })).toMatchObject({
      place: { kind: 'ssh', host: 'engine.example.org', port: 2222, user: 'ann', path: null },
      from: 'the context "far" (DOCKER_CONTEXT)',
    });
    expect(choose()).toMatchObject({ shown: 'tcp://192.0.2.1:2375', origin: 'context' });
    expect(choose().from).toBe(`the context "lab" (${join(home, '.docker/config.json')})`);
    expect(choose({ DOCKER_CONTEXT: 'default' })).toMatchObject({ origin: 'default' });
  });

  test('at the context of the folder that DOCKER_CONFIG names', () => {
    context('lab', { Host: 'tcp://192.0.2.1:2375' });
    write('config.json', { currentContext: 'lab' });
    const elsewhere = mkdtempSync(join(folder, 'config-'));
    expect(choose({ DOCKER_CONFIG: elsewhere })).toMatchObject({ origin: 'default' });
    expect(choose({ DOCKER_CONFIG: join(home, '.docker') })).toMatchObject({ origin: 'context' });
  });

  test('at the usual socket otherwise, whatever else config.json has', () => {
    write('config.json', { auths: {}, credsStore: 'desktop' });
    expect(choose()).toMatchObject({ shown: `unix://${USUAL}`, origin: 'default', note: null });
    expect(choose({ DOCKER_HOST: '', DOCKER_CONTEXT: '' })).toMatchObject({ origin: 'default' });
    expect(choose({}, [], 'win32')).toMatchObject({ shown: 'npipe:////./pipe/docker_engine' });
  });

  test.each([
    ['Docker without root', {}, '/run/user/1000/docker.sock'],
    ['Docker without root', { XDG_RUNTIME_DIR: '/run/mine' }, '/run/mine/docker.sock'],
    ['Podman', {}, '/run/podman/podman.sock'],
  ])('at the socket of %s where the usual one is missing, which is said', (name, env, path) => {
    expect(choose(env, [path, '/somewhere.sock'])).toMatchObject({
      place: { kind: 'socket', path },
      origin: 'found',
      from: `found: ${name}`,
      note: `There is no ${USUAL}, so the socket of ${name} is taken.`,
    });
    expect(choose(env, [path, USUAL])).toMatchObject({ origin: 'default' });
  });

  test.each(['.docker/run/docker.sock', '.orbstack/run/docker.sock', '.colima/default/docker.sock'])(
    'at ~/%s on a desktop',
    (path) => {
      expect(choose({}, [join(home, path)], 'darwin')).toMatchObject({ place: { path: join(home, path) } });
    },
  );

  test('at the usual socket when no engine is anywhere, so that it can be started', () => {
    expect(choose({}, [])).toMatchObject({ place: { path: USUAL }, origin: 'default' });
  });
});

describe('a context', () => {
  test('that is not there is named, with the file that is missing', () => {
    write('config.json', { currentContext: 'gone' });
    const file = join(home, '.docker', meta('gone'));
    expect(() => choose()).toThrow(
      `There is no context "gone" (${join(home, '.docker/config.json')}): ${file}`,
    );
    expect(() => choose({ DOCKER_CONTEXT: '../../etc' })).toThrow(
      'DOCKER_CONTEXT names a context that cannot be',
    );
  });

  test.each([
    ['no JSON', '{"Name": "lab", ', 'is damaged: it is no JSON object'],
    ['a list', [], 'is damaged: it is no JSON object'],
    ['without endpoints', {}, '"Endpoints.docker.Host" is missing or no text'],
    ['with a host that is no text', { Endpoints: { docker: { Host: 7 } } }, '"Endpoints.docker.Host"'],
    [
      'with a wrong switch',
      { Endpoints: { docker: { Host: 'tcp://h:1', SkipTLSVerify: 'no' } } },
      '"Endpoints.docker.SkipTLSVerify"',
    ],
  ])('that is damaged (%s) is named with file and field', (_, content, said) => {
    const file = write(meta('lab'), content);
    expect(() => choose({ DOCKER_CONTEXT: 'lab' })).toThrow(file);
    expect(() => choose({ DOCKER_CONTEXT: 'lab' })).toThrow(said);
  });

  test('of a damaged config.json is refused without a word of what is in there', () => {
    const file = write('config.json', '{"auths": {"r": {"auth": "c2VjcmV0"}}, oops');
    expect(() => choose()).toThrow(`${file} is damaged`);
    expect(() => choose()).not.toThrow(/c2VjcmV0/);
    write('config.json', { currentContext: 7 });
    expect(() => choose()).toThrow('"currentContext" is not a name');
  });

  test('file of more than 1 MiB is not read', () => {
    write(meta('lab'), ' '.repeat(2 ** 20 + 1));
    expect(() => choose({ DOCKER_CONTEXT: 'lab' })).toThrow('larger than 1 MiB');
  });
});

describe('an address', () => {
  test.each([
    ['tcp://192.0.2.1', { kind: 'tcp', host: '192.0.2.1', port: 2375, tls: null }],
    ['192.0.2.1:4000', { kind: 'tcp', host: '192.0.2.1', port: 4000, tls: null }],
    ['tcp://[2001:db8::1]:4000', { kind: 'tcp', host: '2001:db8::1', port: 4000, tls: null }],
    ['unix://', { kind: 'socket', path: USUAL }],
    ['npipe:////./pipe/other', { kind: 'socket', path: '//./pipe/other' }],
    ['ssh://engine', { kind: 'ssh', host: 'engine', port: null, user: null, path: null }],
    [
      'ssh://ann@engine/run/d.sock',
      { kind: 'ssh', host: 'engine', port: null, user: 'ann', path: '/run/d.sock' },
    ],
  ])('%s is understood', (text, place) => {
    expect(choose({ DOCKER_HOST: text })).toMatchObject({ place });
  });

  test.each([
    ['fd://3', 'begins with something'],
    ['tcp://ann:secret@h:1', 'has a password in it'],
    ['ssh://ann:secret@h', 'has a password in it'],
    ['tcp://ann@h:1', 'has a user name in it'],
    ['tcp://h:1/prefix', 'has a path behind the port'],
    ['tcp://h:99999', 'is not an address'],
    ['/var/run/docker.sock', 'is only a path: /var/run/docker.sock'],
    [`/${'x'.repeat(108)}`, 'more than 107 bytes'],
    ['unix://relative.sock', 'has no absolute path'],
    [`unix:///${'x'.repeat(108)}`, 'more than 107 bytes'],
    ['ssh://-oProxyCommand=x', 'is not an address|names no host|cannot be'],
    ['ssh://-oProxyCommand@h', 'has a user name that cannot be'],
    ['ssh://h/a:b', 'has a path that ssh cannot forward'],
    ['ssh://', 'names no host'],
  ])('%s is refused, without what may be a password', (text, said) => {
    const attempt = () => choose({ DOCKER_HOST: text });
    expect(attempt).toThrow(new RegExp(said));
    expect(attempt).toThrow('DOCKER_HOST');
    expect(attempt).not.toThrow(/secret/);
  });
});
