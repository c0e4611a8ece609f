/** What a registry says of an image, and all that it could say instead. */

import type { AddressInfo } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRegistryClient } from '../../../../../server/environments/registries/client/client.ts';
import { ownArchitecture } from '../../../../../server/environments/registries/client/documents.ts';
import type { Login } from '../../../../../server/environments/registries/client/session.ts';
import { parseReference } from '../../../../../server/environments/registries/reference.ts';
import { type FakeRegistry, openFakeRegistry, sha256 } from '../../../../support/fake-registry.ts';

const LABELS = { 'org.gradeport.grading.name': 'lua', 'org.gradeport.grading.need_root': '1' };
let registry: FakeRegistry;
beforeEach(async () => {
  registry = await openFakeRegistry();
});
afterEach(() => registry.close());

const clientFor = (login: Login | null = null, timeoutMs = 5000) =>
  createRegistryClient({ login: async () => login, policy: { insecureRegistries: [] }, timeoutMs });
const at = (rest: string) => parseReference(`${registry.host}/${rest}`);
const read = (rest = 'lua:1', login: Login | null = null) => clientFor(login).read(at(rest));

describe('an image in a registry', () => {
  test('is known by its labels, its digest and its size, before anything is pulled', async () => {
    const { digest, id } = registry.publish('course/lua', '1', LABELS, { created: '2026-11-20T10:00:00Z' });
    expect(await read('course/lua:1')).toEqual({
      digest,
      id,
      labels: LABELS,
      architecture: 'amd64',
      created: '2026-11-20T10:00:00Z',
      downloadBytes: 1234,
      layers: [
        { digest: sha256('a'), size: 1000 },
        { digest: sha256('b'), size: 234 },
      ],
    });
    expect(registry.asked.every(({ url }) => !url.includes(sha256('a')))).toBe(true);
  });

  test('is the tag "latest" where none is named, and is found by its digest', async () => {
    const { digest } = registry.publish('lua', 'latest', LABELS);
    expect((await read('lua')).digest).toBe(digest);
    expect((await read(`lua@${digest}`)).labels).toEqual(LABELS);
  });

  test('without labels has none', async () => {
    registry.publish('lua', '1', LABELS, { config: null });
    expect((await read()).labels).toEqual({});
  });

  test('that is made for several kinds of machine is the one for this kind, by the digest of the list', async () => {
    const { digest } = registry.publish('lua', 'own', LABELS);
    const other = registry.publish('lua', 'other', { 'org.gradeport.grading.name': 'wrong' });
    const list = registry.putManifest('lua', '1', {
      manifests: [
        { digest: other.digest, size: 1, platform: { os: 'linux', architecture: 'mips' } },
        { digest: other.digest, size: 1, platform: { os: 'windows', architecture: ownArchitecture() } },
        { digest, size: 1, platform: { os: 'linux', architecture: ownArchitecture() } },
      ],
    });
    expect(await read()).toMatchObject({ digest: list, labels: LABELS });
  });

  test('that is not made for this machine says for which it is', async () => {
    const { digest } = registry.publish('lua', 'other', LABELS);
    const platform = { os: 'linux', architecture: 'mips' };
    registry.putManifest('lua', '1', { manifests: [{ digest, size: 1, platform }] });
    await expect(read()).rejects.toThrow('there is linux/mips');
  });

  test('that is not there is named', async () => {
    await expect(read('nothing:1')).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining(`${registry.host}/nothing:1`),
    });
  });
});

describe('what a tag leads to', () => {
  test('is asked for without reading the image', async () => {
    const { digest } = registry.publish('lua', '1', LABELS);
    expect(await clientFor().digest(at('lua:1'))).toBe(digest);
    expect(registry.asked.map(({ method }) => method)).toEqual(['GET', 'HEAD']);
  });

  test('is computed where the registry does not say it', async () => {
    const { digest } = registry.publish('lua', '1', LABELS);
    registry.on('/v2/lua/manifests/1', (req, res) => {
      const manifest = JSON.stringify({
        schemaVersion: 2,
        config: { digest: sha256('x'), size: 1 },
        layers: [],
      });
      res.end(req.method === 'HEAD' ? undefined : manifest);
    });
    const found = await clientFor().digest(at('lua:1'));
    expect(found).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(found).not.toBe(digest);
  });
});

describe('a private registry', () => {
  const ann = { user: 'ann', password: 'secret' };
  const basic = `Basic ${Buffer.from('ann:secret').toString('base64')}`;

  test('gets user and password, when it asks for them', async () => {
    registry.publish('lua', '1', LABELS);
    registry.door.check = (req, res) => {
      if (req.headers.authorization === basic) return false;
      res.writeHead(401, { 'www-authenticate': 'Basic realm="here"' }).end();
      return true;
    };
    expect((await read('lua:1', ann)).labels).toEqual(LABELS);
    await expect(read('lua:1', { ...ann, password: 'wrong' })).rejects.toMatchObject({
      code: 'denied',
      message: expect.stringContaining('are wrong'),
    });
    await expect(read('lua:1')).rejects.toThrow(`gradeport registry login ${registry.host}`);
  });

  test('that hands out tokens gets one for this repository, and no password beside it', async () => {
    registry.publish('course/lua', '1', LABELS);
    const realm = `Bearer realm="http://${registry.host}/token",service="fake"`;
    registry.door.check = (req, res) => {
      if (req.headers.authorization === 'Bearer good') return false;
      res.writeHead(401, { 'www-authenticate': realm }).end();
      return true;
    };
    registry.on('/token', (req, res) => {
      const query = new URL(req.url ?? '', 'http://x').searchParams;
      const isFine =
        req.headers.authorization === basic &&
        query.get('service') === 'fake' &&
        query.get('scope') === 'repository:course/lua:pull';
      res.writeHead(isFine ? 200 : 401).end(JSON.stringify({ token: isFine ? 'good' : '' }));
    });
    expect((await read('course/lua:1', ann)).labels).toEqual(LABELS);
    const withPassword = registry.asked.filter(({ authorization }) => authorization === basic);
    expect(withPassword.map(({ url }) => url.split('?')[0])).toEqual(['/token']);
    await expect(read('course/lua:1', { ...ann, password: 'wrong' })).rejects.toMatchObject({
      code: 'denied',
    });
  });

  test('gets no password sent elsewhere without TLS', async () => {
    registry.door.check = (_, res) => {
      res.writeHead(401, { 'www-authenticate': 'Bearer realm="http://elsewhere.example/token"' }).end();
      return true;
    };
    await expect(read('lua:1', ann)).rejects.toThrow('without TLS. It is not sent');
  });

  test('that asks for something else than a password is not obeyed', async () => {
    registry.door.check = (_, res) => {
      res.writeHead(401, { 'www-authenticate': 'Negotiate' }).end();
      return true;
    };
    await expect(read('lua:1', ann)).rejects.toMatchObject({ code: 'denied' });
  });
});

describe('a registry that misbehaves', () => {
  test('and never answers is given up', async () => {
    registry.on('/v2/lua/manifests/1', () => {});
    const slow = clientFor(null, 100);
    await expect(slow.read(at('lua:1'))).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('did not answer within 100 ms'),
    });
  });

  test('and never answers is left at once when somebody stops', async () => {
    const stop = new AbortController();
    registry.on('/v2/lua/manifests/1', () => stop.abort());
    await expect(clientFor(null, 60_000).read(at('lua:1'), stop.signal)).rejects.toThrow('aborted');
  });

  test('and sends without an end is cut off', async () => {
    registry.on('/v2/lua/manifests/1', (_, res) => {
      const more = () => {
        while (!res.destroyed && res.write(Buffer.alloc(64 * 1024)));
        if (!res.destroyed) res.once('drain', more);
      };
      more();
    });
    await expect(read()).rejects.toThrow('sends more than');
  });

  test.each([
    ['garbage', 'x', 'is malformed (it is not JSON)'],
    ['a manifest without its parts', '{"schemaVersion":2}', 'is malformed (config'],
    ['a page of a web server', '<html></html>', 'is malformed'],
    [
      'a config of another form',
      '{"config":{"digest":"sha256:1","size":-1},"layers":[]}',
      'is malformed (config',
    ],
  ])('and sends %s is reported', async (_, body, sentence) => {
    registry.on('/v2/lua/manifests/1', (_req, res) => void res.end(body));
    await expect(read()).rejects.toThrow(sentence);
  });

  test('and sends another manifest than its digest names is caught', async () => {
    const { digest } = registry.publish('lua', '1', LABELS);
    registry.on(`/v2/lua/manifests/${digest}`, (_, res) => void res.end('{"schemaVersion":2}'));
    await expect(read(`lua@${digest}`)).rejects.toThrow('sends something else');
  });

  test('and sends another configuration than its manifest names is caught', async () => {
    const { id } = registry.publish('lua', '1', LABELS);
    registry.on(`/v2/lua/blobs/${id}`, (_, res) => void res.end('{"config":{"Labels":{"a":"b"}}}'));
    await expect(read()).rejects.toThrow('sends something else');
  });

  test('and sends us in circles is left', async () => {
    registry.on(
      '/v2/lua/manifests/1',
      (req, res) => void res.writeHead(307, { location: req.url ?? '' }).end(),
    );
    await expect(read()).rejects.toThrow('sends us somewhere that we do not follow');
  });

  test.each([
    [503, 'unreachable', 'answers with an error (503)'],
    [429, 'busy', 'asked too often'],
    [403, 'denied', 'refuses'],
    [418, 'conflict', 'does not answer as a registry does (status 418)'],
  ])('and answers %s says what that means', async (status, code, sentence) => {
    registry.on('/v2/lua/manifests/1', (_, res) => void res.writeHead(status).end());
    await expect(read()).rejects.toMatchObject({ code, message: expect.stringContaining(sentence) });
  });

  test('and does not even speak HTTP is named', async () => {
    const tcp = createTcpServer((socket) => socket.end('hello\n', () => socket.destroy()));
    await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
    const { port } = tcp.address() as AddressInfo;
    await expect(clientFor().read(parseReference(`127.0.0.1:${port}/lua`))).rejects.toMatchObject({
      code: 'unreachable',
    });
    await new Promise((resolve) => tcp.close(resolve));
  });

  test('or is not there at all is named', async () => {
    const gone = at('lua:1');
    await registry.close();
    await expect(clientFor().read(gone)).rejects.toThrow(/cannot be reached \(ECONNREFUSED\)/);
    registry = await openFakeRegistry();
  });
});

test('what is large may come from another place, but the password does not go there', async () => {
  const { id } = registry.publish('lua', '1', LABELS);
  const store = await openFakeRegistry();
  try {
    const config = store.publish('lua', '1', LABELS);
    expect(config.id).toBe(id);
    const to = `http://${store.host}/v2/lua/blobs/${id}`;
    registry.on(`/v2/lua/blobs/${id}`, (_, res) => void res.writeHead(307, { location: to }).end());
    registry.door.check = (req, res) => {
      if (req.headers.authorization !== undefined) return false;
      res.writeHead(401, { 'www-authenticate': 'Basic' }).end();
      return true;
    };
    expect((await read('lua:1', { user: 'ann', password: 'secret' })).labels).toEqual(LABELS);
    expect(store.asked).toEqual([{ method: 'GET', url: `/v2/lua/blobs/${id}`, authorization: null }]);
  } finally {
    await store.close();
  }
});
