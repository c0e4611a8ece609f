/** Claims each run whose id it is told, beside another process that does the same; tells "won" or "lost". */
import { createInterface } from 'node:readline';
import { openSqliteStore } from '../../../server/adapters/sqlite/open.ts';

const [folder = ''] = process.argv.slice(2);
const store = await openSqliteStore(folder, { lock: false });
console.log('ready');
for await (const id of createInterface({ input: process.stdin })) {
  const change = { $set: { state: 'running' }, $inc: { attempt: 1 } };
  console.log((await store.runs.update({ id, state: 'queued' }, change)) ? 'won' : 'lost');
}
