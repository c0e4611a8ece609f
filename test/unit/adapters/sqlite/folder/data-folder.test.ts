/** The data folder and users: what root left in it is named, with what to do. */
import { chmodSync, existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PROJECT_FOLDER } from '../../../../../server/config/config.ts';
import { asUser, folderOfUser, saidBy, userId } from '../../../../support/other-user.ts';

/** What a user without rights is answered: "ok", or why not. */
async function madeByUser(place: string): Promise<string> {
  const module = join(PROJECT_FOLDER, 'server/adapters/sqlite/folder/data-folder.ts');
  const script = `import { makeDataFolder } from ${JSON.stringify(module)};
    try { makeDataFolder(${JSON.stringify(place)}); console.log('ok'); } catch (error) { console.log(error.message); }`;
  const child = asUser([process.execPath, '--input-type=module', '--eval', script], { env: {} });
  const { stdout, stderr } = await saidBy(child);
  return stdout.trim() || stderr;
}

test('it is made for its user, and for no other', async () => {
  const place = join(folderOfUser(), 'new/data');
  expect(await madeByUser(place)).toBe('ok');
  const { uid, mode } = statSync(place);
  expect([uid, mode & 0o777]).toEqual([userId(), 0o700]);
});

test('one that cannot be made says so', async () => {
  const place = join(folderOfUser(), 'closed');
  mkdirSync(place, { mode: 0o500 });
  expect(await madeByUser(join(place, 'data'))).toMatch(/cannot be made by this user.*--data/);
  expect(existsSync(join(place, 'data'))).toBe(false);
});

test('one that may not be written to names its owner and the command that gives it away', async () => {
  const place = join(folderOfUser(), 'data');
  mkdirSync(place, { mode: 0o500 });
  const { uid } = statSync(place);
  expect(await madeByUser(place)).toMatch(
    new RegExp(`belongs to another user \\(uid ${uid}\\).*sudo chown -R \\S+ ${place}`),
  );
});

test('files in it that root left are named', async () => {
  const place = join(folderOfUser(), 'data');
  mkdirSync(place, { mode: 0o777 });
  for (const name of ['a', 'b', 'c', 'd']) writeFileSync(join(place, name), '', { mode: 0o400 });
  writeFileSync(join(place, 'own'), '');
  chmodSync(join(place, 'own'), 0o666);
  chmodSync(place, 0o777);
  expect(await madeByUser(place)).toMatch(/may not change a, b, c and 1 more.*sudo chown -R/);
});

test('a link that leads nowhere is in no one’s way', async () => {
  const place = join(folderOfUser(), 'data');
  expect(await madeByUser(place)).toBe('ok');
  symlinkSync('/nowhere/at/all', join(place, 'backups'));
  expect(await madeByUser(place)).toBe('ok');
});
