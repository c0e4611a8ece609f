/** Tells "ready", waits for a line, opens the store, tells "open" or why not, and holds it until it is killed. */
import { once } from 'node:events';
import { openSqliteStore } from '../../../server/adapters/sqlite/open.ts';

const [folder = ''] = process.argv.slice(2);
console.log('ready');
await once(process.stdin, 'data');
try {
  await openSqliteStore(folder);
  console.log('open');
} catch (error) {
  console.log(error instanceof Error && 'code' in error ? `${error.code}: ${error.message}` : String(error));
}
