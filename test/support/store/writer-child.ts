/** Inserts runs for ever and tells each id once its insert is acknowledged. */
import { openSqliteStore } from '../../../server/adapters/sqlite/open.ts';
import { sampleRun } from './samples.ts';

const [folder = '', prefix = ''] = process.argv.slice(2);
const store = await openSqliteStore(folder);
for (let index = 0; ; index++) {
  const blob = await store.blobs.put(Buffer.from(`${prefix} ${index}`));
  await store.runs.insert(sampleRun(`${prefix}${index}`, { submission: blob }));
  console.log(`${prefix}${index} ${blob}`);
}
