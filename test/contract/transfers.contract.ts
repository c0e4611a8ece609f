/** What every engine promises of images that travel. Registries are in test/containers/registry.test.ts. */
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../server/ports/engine/engine.ts';
import { importImage } from '../support/tiny-image.ts';

const TAG = `gradeport-test/transfers-${process.pid}:latest`;
const never = new AbortController().signal;

export function transfersContract(name: string, open: () => Engine): void {
  describe(`the transfers contract: ${name}`, () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = open();
      await importImage(TAG, { 'org.gradeport.test': name });
    });
    afterAll(async () => {
      await engine.images.untag(TAG);
      await engine.close();
    });

    test('an image that was saved by its id is loaded as the same, without a name', async () => {
      const id = (await engine.images.inspect(TAG))?.id ?? '';
      const bytes = await buffer(await engine.transfers.save(id, never));
      await engine.images.untag(TAG);
      expect(await engine.images.inspect(id)).toBeNull();
      expect(await engine.transfers.load(Readable.from([bytes]), never)).toBe(id);
      expect(await engine.images.inspect(id)).toMatchObject({ tags: [] });
      await engine.images.tag(id, TAG);
    });

    test('what is no image is not loaded', async () => {
      await expect(engine.transfers.load(Readable.from([Buffer.from('no tar')]), never)).rejects.toThrow();
    });

    test('what was stopped before it began does nothing', async () => {
      const stopped = AbortSignal.abort();
      await expect(engine.transfers.save('sha256:0', stopped)).rejects.toThrow();
      await expect(engine.transfers.pull('r.example.org/x:1', null, () => {}, stopped)).rejects.toThrow();
      await expect(engine.transfers.push(TAG, null, () => {}, stopped)).rejects.toThrow();
      await expect(engine.transfers.search('x', 1, stopped)).rejects.toThrow();
    });
  });
}
