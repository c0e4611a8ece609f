/** Opens a store whose documents are older and stops for ever at the nth document that a migration changes. */
import { writeSync } from 'node:fs';
import { openMongoStore } from '../../../server/adapters/mongo/open.ts';
import { openSqliteStore } from '../../../server/adapters/sqlite/open.ts';
import { exclaiming } from './migrations.ts';

const [place = '', folder = '', stopAt = ''] = process.argv.slice(2);
let count = 0;
const schema = exclaiming(() => {
  if (++count !== Number(stopAt)) return;
  // The event loop stands still from here on.
  writeSync(1, 'stopped\n');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});
const clock = () => Date.UTC(2026, 10, 20, 8);
if (place.startsWith('mongodb')) await openMongoStore(place, { schema, backups: folder, clock });
else await openSqliteStore(place, { schema, clock });
writeSync(1, 'open\n');
