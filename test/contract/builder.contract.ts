/** What every builder promises. It passes by running this suite with its own `open`. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { BuildOrder } from '../../server/ports/engine/builder.ts';
import type { Engine } from '../../server/ports/engine/engine.ts';
import { importImage } from '../support/tiny-image.ts';

const NAME = `gradeport-test/builder-${process.pid}`;
const BASE = `${NAME}:base`;
const TAG = `${NAME}:latest`;

export function builderContract(name: string, open: () => Engine): void {
  describe(`the builder contract: ${name}`, () => {
    let engine: Engine;
    let folder: string;
    beforeAll(async () => {
      engine = open();
      await importImage(BASE, {});
    });
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'gradeport-builder-'));
    });
    afterEach(async () => {
      rmSync(folder, { recursive: true });
      await engine.images.untag(TAG);
    });
    afterAll(async () => {
      await engine.images.untag(BASE);
      await engine.close();
    });
    const steps: string[] = [];
    function build(lines: readonly string[], more: Partial<BuildOrder> = {}) {
      steps.length = 0;
      writeFileSync(join(folder, 'Dockerfile'), [`FROM ${BASE}`, ...lines, ''].join('\n'));
      const order = { folder, tag: TAG, labels: { made: 'here' }, network: false, limits: null, ...more };
      return engine.builder.build(order, { line: () => {}, step: ({ text }) => void steps.push(text) });
    }
    const isThere = async (image: string) => (await engine.images.inspect(image)) !== null;

    test('an image has the labels of its Dockerfile and of the order, and each step is reported', async () => {
      writeFileSync(join(folder, 'file'), 'y');
      const built = await build(['COPY file /file', 'LABEL own=yes']);
      expect(built).toMatchObject({ labels: { own: 'yes', made: 'here' }, layers: 2 });
      expect(await engine.images.inspect(TAG)).toMatchObject({ id: built.id });
      expect(steps).toEqual([`FROM ${BASE}`, 'COPY file /file', 'LABEL own=yes', expect.any(String)]);
    });

    test('one that goes wrong says why, and gives nothing the name', async () => {
      await expect(build(['COPY none /none'])).rejects.toMatchObject({ code: 'conflict' });
      expect(await isThere(TAG)).toBe(false);
    });

    test('one that is not accepted is undone', async () => {
      let id = '';
      const accept: BuildOrder['accept'] = (image) => {
        id = image.id;
        throw new Error('not this one');
      };
      await expect(build([`LABEL only=${Date.now()}`], { accept })).rejects.toThrow('not this one');
      expect([await isThere(TAG), await isThere(id)]).toEqual([false, false]);
    });

    test('one that is stopped before it began makes nothing', async () => {
      await expect(build([], { stopped: AbortSignal.abort() })).rejects.toThrow();
      expect(await isThere(TAG)).toBe(false);
    });
  });
}
