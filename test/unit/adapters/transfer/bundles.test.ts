/** Bundles in backups and checks: they are blobs that submissions name. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { backupStore } from '../../../../server/adapters/backup/backup.ts';
import { restoreStore } from '../../../../server/adapters/backup/restore.ts';
import { checkStore } from '../../../../server/adapters/check/check.ts';
import { createTaskFiles } from '../../../../server/adapters/task-files/task-files.ts';
import { readStoreRef } from '../../../../server/adapters/transfer/store-ref.ts';
import { quiet } from '../../../support/store/news.ts';
import { sampleRun, sampleSubmission } from '../../../support/store/samples.ts';
import { tempFolder, tempStore } from '../../../support/store/temp-folder.ts';

const faults = async (folder: string) => {
  const found = await checkStore(readStoreRef(folder), { repair: false, now: Date.now() }, quiet());
  return found.filter(({ state }) => state !== 'ok').map(({ check, sentence }) => `${check}: ${sentence}`);
};
const log = { warn: () => {} };

test('a backup holds the bundles that submissions name, and a check misses those that are lost', async () => {
  const [folder, restored] = [tempFolder(), tempFolder()];
  const store = await tempStore(folder);
  for (const each of ['task', '$common']) mkdirSync(join(folder, 'course', each), { recursive: true });
  writeFileSync(join(folder, 'course/task/run'), 'echo');
  writeFileSync(join(folder, 'course/$common/lib'), 'lib');
  const files = createTaskFiles({
    store,
    folder: join(folder, 'bundles'),
    unusedMs: 1,
    log,
    clock: Date.now,
  });
  const task = (await files.keep(join(folder, 'course/task'))) ?? '';
  const common = (await files.keep(join(folder, 'course/$common'))) ?? '';
  const submission = sampleSubmission('s', { bundles: { task, common } });
  await store.submissions.insert(submission);
  await store.runs.insert({ ...sampleRun('r'), submission: 's', bundles: { task, common } });
  const file = join(folder, 'backup.tar.gz');
  const options = { allowMissing: false, gradeport: 'test', at: new Date() };
  expect(await backupStore(readStoreRef(folder), file, options, quiet())).toMatchObject({
    blobs: { files: 2 },
  });
  await restoreStore(file, readStoreRef(restored), { replace: false }, quiet());
  expect(await faults(restored)).toEqual([]);
  const other = await tempStore(restored);
  expect(await other.submissions.get('s')).toEqual(submission);
  const there = createTaskFiles({
    store: other,
    folder: join(restored, 'bundles'),
    unusedMs: 1,
    log,
    clock: Date.now,
  });
  expect(await there.folder(task, null)).toContain(restored);
  await other.blobs.remove(common);
  expect(await faults(restored)).toEqual([`uploads: 1 are missing or damaged: ${common}.`]);
});
