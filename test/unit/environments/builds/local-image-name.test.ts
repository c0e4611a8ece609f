import { expect, test } from 'vitest';
import { localImage } from '../../../../server/environments/builds/local-image-name.ts';

test.each([
  ['my-c', 'local/my-c'],
  ['my_c.1', 'local/my_c.1'],
  ['C++', /^local\/c-[\da-f]{8}$/],
  ['É', /^local\/[\da-f]{8}$/],
  ['', /^local\/[\da-f]{8}$/],
])('%j becomes a name that the engine takes', (name, image) => {
  expect(localImage(name)).toMatch(image);
});

test('different names become different images', () => {
  const names = ['c', 'C', 'c+', 'c++', 'c-', '-c', 'é', 'è'];
  expect(new Set(names.map(localImage)).size).toBe(names.length);
});
