/** gradeport store …: what a person and a program get, and how it ends. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { backupStore } from '../../server/adapters/backup/backup.ts';
import { restoreStore } from '../../server/adapters/backup/restore.ts';
import { copyStore } from '../../server/adapters/transfer/copy.ts';
import { openIntake } from '../../server/adapters/transfer/intake/open-intake.ts';
import { readStoreRef } from '../../server/adapters/transfer/store-ref.ts';
import { cli } from '../support/processes.ts';
import { canMount, smallDisk } from '../support/small-disk.ts';
import { contentsOf, fillStore } from '../support/store/full-store.ts';
import { quiet } from '../support/store/news.ts';
import { sampleUser } from '../support/store/samples.ts';
import { tempFolder, tempStore } from '../support/store/temp-folder.ts';

const NO_STORE = { env: { GRADEPORT_STORE: '' } };

async function filledFolder(): Promise<string> {
  const folder = join(tempFolder(), 'data');
  mkdirSync(folder);
  const store = await tempStore(folder);
  await fillStore(store);
  await store.close();
  return folder;
}

test('backup and restore say in JSON what they did, and check ends with 1 when it finds something', async () => {
  const [folder, other] = [await filledFolder(), tempFolder()];
  const file = join(tempFolder(), 'a.tar.gz');
  const backup = await cli(['store', 'backup', file, '--data', folder, '--json'], NO_STORE);
  // On a busy machine it takes so long that it says how far it is.
  expect(backup).toMatchObject({ code: 0, stderr: expect.stringMatching(/^(?:\w+: \d+ documents\n)*$/) });
  const said = JSON.parse(backup.stdout);
  expect(said).toMatchObject({ from: folder, file, missing: [], blobs: { files: 3 } });
  const restore = await cli(['store', 'restore', file, '--data', other, '--json'], NO_STORE);
  expect(restore.code).toBe(0);
  expect(JSON.parse(restore.stdout)).toMatchObject({ to: other, collections: said.collections, leftOut: 0 });
  const again = await cli(['store', 'restore', file, '--data', other], NO_STORE);
  expect(again).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('--replace') });

  const fine = await cli(['store', 'check', other, '--json'], NO_STORE);
  expect(fine.code).toBe(0);
  expect(JSON.parse(fine.stdout).map(({ state }: { state: string }) => state)).not.toContain('fail');
  const store = await tempStore(other);
  await store.submissions.remove({ id: 's1' });
  const found = await cli(['store', 'check', '--data', other], NO_STORE);
  expect(found.code).toBe(1);
  expect(found.stdout).toMatch(/✗ references: .*runs\/r1 without submissions\/s1.*\n {4}Restore a backup/);
}, 120_000);

test('what cannot be is refused with the code for it, and without the password of an address', async () => {
  const folder = await filledFolder();
  const nothing = join(tempFolder(), 'none');
  const at = async (...args: string[]) => {
    const { code, stderr } = await cli(['store', ...args], NO_STORE);
    expect(stderr).not.toContain('secret');
    // A slow machine shows its progress first.
    expect(stderr).toMatch(/^gradeport: [A-Z/].*[.a-z/]\n/m);
    return code;
  };
  expect(await at('copy', folder, folder)).toBe(2);
  expect(await at('copy', folder, 'postgres://u:secret@h/x')).toBe(2);
  expect(await at('copy', folder, 'mongodb://u:secret@127.0.0.1:1/x')).toBe(5);
  expect(await at('copy', nothing, folder)).toBe(4);
  expect(await at('restore', join(nothing, 'a.tar.gz'), '--data', folder)).toBe(4);
  writeFileSync(join(folder, 'letter'), 'Dear all');
  expect(await at('restore', join(folder, 'letter'), '--data', folder)).toBe(2);
  expect(existsSync(nothing)).toBe(false);
}, 120_000);

test('abandon gives up what did not end, and says when there is nothing', async () => {
  const other = tempFolder();
  const half = await openIntake(readStoreRef(other), { by: 'store copy /a', replace: false });
  await half.close();
  const abandoned = await cli(['store', 'abandon', other], NO_STORE);
  expect(abandoned).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/"gradeport store copy \/a" is given up/),
  });
  const again = await cli(['store', 'abandon', other], NO_STORE);
  expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining('nothing half done') });
}, 60_000);

test('a copy that is stopped, as by Ctrl-C, goes on when it is run again', async () => {
  const [from, to] = [readStoreRef(await filledFolder()), readStoreRef(tempFolder())];
  for (const count of [1, 4, 15]) {
    const stop = new AbortController();
    let said = 0;
    const progress = () => {
      said += 1;
      if (said === count) stop.abort();
    };
    const request = { replace: false, allowMissing: false };
    await expect(copyStore(from, to, request, { progress, stopped: stop.signal })).rejects.toThrow(/abort/i);
  }
  const { collections } = await copyStore(from, to, { replace: false, allowMissing: false }, quiet());
  expect(collections.submissions.documents).toBe(2);
});

describe.skipIf(!canMount)('a full disk', () => {
  test('ends a restore with a sentence, and what was there stays', async () => {
    const folder = await filledFolder();
    const file = join(tempFolder(), 'a.tar.gz');
    const about = { allowMissing: false, gradeport: '0', at: new Date() };
    await backupStore(readStoreRef(folder), file, about, quiet());
    const disk = await smallDisk('size=1m');
    const store = await tempStore(disk);
    await store.users.insert(sampleUser('before'));
    const before = await contentsOf(store);
    await store.close();
    const full = restoreStore(file, readStoreRef(disk), { replace: true }, quiet());
    await expect(full).rejects.toMatchObject({ code: 'no-space' });
    const { code } = await cli(['store', 'abandon', disk], NO_STORE);
    expect(code).toBe(0);
    const reopened = await tempStore(disk);
    expect((await contentsOf(reopened)).documents).toEqual(before.documents);
    await reopened.close();
  }, 60_000);

  test('ends a backup with a sentence, and leaves no file', async () => {
    const folder = await filledFolder();
    const store = await tempStore(folder);
    const content = randomBytes(2 ** 18);
    const file = { filename: 'a', blob: await store.blobs.put(content), size: content.length };
    await store.submissions.update({ id: 's1' }, { $set: { 'answers.random': file } });
    await store.close();
    const disk = await smallDisk('size=64k');
    const about = { allowMissing: false, gradeport: '0', at: new Date() };
    const full = backupStore(readStoreRef(folder), join(disk, 'a.tar.gz'), about, quiet());
    await expect(full).rejects.toMatchObject({ code: 'no-space' });
    expect(existsSync(join(disk, 'a.tar.gz.part'))).toBe(false);
  }, 60_000);
});
