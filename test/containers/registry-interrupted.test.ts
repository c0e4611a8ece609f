/** Pulls that are cut off: by the user, by the engine, by the registry. */
import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { pull } from '../../server/environments/registries/pull.ts';
import { openRegistryHouse, type RegistryHouse } from '../support/containers/published.ts';
import { never, openSharingHouse } from '../support/containers/sharing-house.ts';
import { openFakeRegistry, sha256 } from '../support/fake-registry.ts';
import { openPrivateEngine } from '../support/private-engine.ts';
import { LOGIN } from '../support/registry.ts';

const NAME = `cut-${process.pid}`;
let house: RegistryHouse;
beforeAll(async () => {
  house = await openRegistryHouse(NAME);
});
afterEach(() => house.forgetAll());
afterAll(() => house?.close());

describe('a pull that is interrupted', () => {
  test('by its operator ends at once, leaves no name, and can be done again', async () => {
    const { id } = await house.publish('lua:large', house.labels, randomBytes(30_000_000));
    const stop = new AbortController();
    const news = {
      ...house.news,
      progress: ({ step }: { step: string }) => step === 'downloading' && stop.abort(),
    };
    await expect(
      pull(
        house.sharing,
        house.request('lua:large'),
        { ...news, progress: (at) => void news.progress(at) },
        stop.signal,
      ),
    ).rejects.toThrow();
    expect(await house.idOf(house.at('lua:large'))).toBeNull();
    await house.pulling('lua:large');
    expect(await house.idOf(house.at('lua:large'))).toBe(id);
  });

  test('by an engine that is killed and starts again says so, and can be done again', async () => {
    const { id } = await house.publish('lua:cut', house.labels, randomBytes(30_000_000));
    await using engine = await openPrivateEngine([], 'machine');
    vi.stubEnv('DOCKER_HOST', engine.host);
    const beside = openSharingHouse();
    try {
      await beside.credentials.save(house.host, LOGIN, null);
      let restarted: Promise<void> | null = null;
      const progress = ({ step }: { step: string }) => {
        if (step === 'downloading') restarted ??= engine.restart();
      };
      await expect(
        pull(beside.sharing, house.request('lua:cut'), { ...beside.news, progress }, never),
      ).rejects.toMatchObject({ code: 'unreachable' });
      await restarted;
      expect(restarted).not.toBeNull();
      expect(await beside.idOf(house.at('lua:cut'))).toBeNull();
      await pull(beside.sharing, house.request('lua:cut'), beside.news, never);
      expect(await beside.idOf(house.at('lua:cut'))).toBe(id);
    } finally {
      vi.unstubAllEnvs();
      await beside.close();
    }
  });

  test('by a registry that hangs is over when somebody stops it', async () => {
    const fake = await openFakeRegistry();
    try {
      fake.publish('lua', '1', house.labels, {
        rootfs: { type: 'layers', diff_ids: [sha256('a'), sha256('b')] },
      });
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
      fake.publish('lua', '1', house.labels, {
        rootfs: { type: 'layers', diff_ids: [sha256('a'), sha256('b')] },
      });
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
