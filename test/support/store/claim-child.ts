/** Claims the queued runs r0…rN, one after the other, beside another process that does the same; tells what it won. */
import { once } from 'node:events';
import { openSqliteStore } from '../../../server/store/sqlite.ts';

const [folder = '', count = '0', me = ''] = process.argv.slice(2);
const store = await openSqliteStore(folder, { lock: false });
console.log('ready');
await once(process.stdin, 'data');
const won: string[] = [];
for (let index = 0; index < Number(count); index++) {
  const filter = { id: `r${index}`, state: 'queued' };
  const run = await store.runs.update(filter, { $set: { state: 'running', task: me }, $inc: { attempt: 1 } });
  if (run) won.push(run.id);
}
console.log(JSON.stringify(won));
await store.close();
process.stdin.unref();
