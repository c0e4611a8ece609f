/** What every engine promises of its images. It passes by running this suite with its own `open`. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Engine } from '../../server/ports/engine/engine.ts';
import type { Images } from '../../server/ports/engine/images.ts';
import { importImage } from '../support/tiny-image.ts';

const NAME = `gradeport-test/images-${process.pid}`;
const TAG = `${NAME}:latest`;
const NEXT = `${NAME}:next`;
const BOUNDS = { maxFiles: 10, maxBytes: 1000 };

export function imagesContract(name: string, open: () => Engine): void {
  describe(`the images contract: ${name}`, () => {
    let engine: Engine;
    let images: Images;
    beforeAll(() => {
      engine = open();
      images = engine.images;
    });
    beforeEach(() => importImage(TAG, { 'org.gradeport.test': name }));
    afterEach(async () => {
      for (const tag of [TAG, NEXT]) await images.untag(tag);
    });
    afterAll(() => engine.close());
    const idOf = async (tag: string) => (await images.inspect(tag))?.id ?? null;

    test('an image is listed with its names and its labels, and looked at by name and by id', async () => {
      const id = await idOf(TAG);
      const listed = (await images.list()).find((one) => one.id === id);
      expect(listed).toMatchObject({ tags: [TAG], labels: { 'org.gradeport.test': name }, repoDigests: [] });
      expect(await images.inspect(id ?? '')).toMatchObject({ id, tags: [TAG], layers: [expect.any(String)] });
    });

    test('one that is not there is null to look at, and has no history and no new name', async () => {
      expect(await images.inspect(`${NAME}:none`)).toBeNull();
      await expect(images.history(`${NAME}:none`)).rejects.toThrow();
      await expect(images.tag(`${NAME}:none`, NEXT)).rejects.toMatchObject({ code: 'not-found' });
    });

    test('it stays while it has a name, and taking one away twice is harmless', async () => {
      const id = (await idOf(TAG)) ?? '';
      await images.tag(id, NEXT);
      await images.untag(TAG);
      expect(await images.inspect(id)).toMatchObject({ tags: [NEXT] });
      await images.untag(NEXT);
      await images.untag(NEXT);
      expect(await images.inspect(id)).toBeNull();
    });

    test('its history begins with the newest step', async () => {
      expect(await images.history(TAG)).toEqual([
        { command: expect.any(String), size: 1, createdMs: expect.any(Number) },
      ]);
    });

    test('changes are reported until it is stopped', async () => {
      let changes = 0;
      const changed = () => {
        changes += 1;
      };
      const stop = images.watch({ changed, lost: () => {} });
      await expect.poll(() => changes).toBeGreaterThan(0);
      const before = changes;
      await images.tag(TAG, NEXT);
      await expect.poll(() => changes).toBeGreaterThan(before);
      stop();
    });

    test('what is copied out of it is bounded, and what is not there is not found', async () => {
      const into = mkdtempSync(join(tmpdir(), 'gradeport-images-'));
      onTestFinished(() => rmSync(into, { recursive: true }));
      const labels = { 'org.gradeport.instance': `test:${process.pid}` };
      const copy = (path: string, bounds = BOUNDS) => images.copyOut(TAG, path, into, bounds, labels);
      await expect(copy('/none')).rejects.toMatchObject({ code: 'not-found' });
      await expect(copy('/', { maxFiles: 0, maxBytes: 0 })).rejects.toMatchObject({ code: 'too-large' });
      expect(readdirSync(into)).not.toContain('hello');
    });
  });
}
