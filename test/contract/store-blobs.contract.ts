/** Contract: the blob store. */
import { expect, test } from 'vitest';
import type { Store } from '../../server/ports/store.ts';

export function blobs(store: () => Store): void {
  test('gives back the bytes by the hash of their content', async () => {
    const content = Buffer.from([0, 255, 10, 13]);
    const key = await store().blobs.put(content);
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(await store().blobs.get(key)).toEqual(content);
    expect(await store().blobs.put(content)).toBe(key);
    const none = await store().blobs.put(new Uint8Array());
    expect(await store().blobs.get(none)).toHaveLength(0);
  });

  test('many at once, the same and others', async () => {
    const contents = Array.from({ length: 40 }, (_, index) => Buffer.from(`content ${index % 4}`));
    const keys = await Promise.all(contents.map((content) => store().blobs.put(content)));
    expect(new Set(keys).size).toBe(4);
    for (const [index, key] of keys.entries()) expect(await store().blobs.get(key)).toEqual(contents[index]);
  });

  test.each(['', 'x', '../../gradeport.db', 'a'.repeat(64), `${'a'.repeat(64)}\n`, `../${'a'.repeat(61)}`])(
    'has nothing under %j',
    async (key) => {
      await expect(store().blobs.get(key)).rejects.toMatchObject({ code: 'not-found' });
    },
  );
}
