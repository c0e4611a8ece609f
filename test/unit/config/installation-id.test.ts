/** One id per data folder, whichever process asks first. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { installationId } from '../../../server/config/installation-id.ts';
import { tempFolder } from '../../support/store/temp-folder.ts';

test('it is made once, also by many at the same time, and leaves nothing else behind', async () => {
  const folder = tempFolder();
  const ids = await Promise.all(Array.from({ length: 20 }, () => installationId(folder)));
  expect(new Set(ids).size).toBe(1);
  expect(ids[0]).toMatch(/^[0-9a-f]{8}$/);
  expect(await installationId(folder)).toBe(ids[0]);
  expect(readdirSync(folder)).toEqual(['installation-id']);
  expect(await installationId(tempFolder())).not.toBe(ids[0]);
});

test('a file that holds something else is named', async () => {
  const folder = tempFolder();
  writeFileSync(join(folder, 'installation-id'), 'mine\n');
  await expect(installationId(folder)).rejects.toThrow(/installation-id holds no id/);
});
