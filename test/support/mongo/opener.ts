/** Opens a MongoDB server below the folder that is its argument, prints its port and waits to be killed. */
import { once } from 'node:events';
import { openMongoServer } from './server.ts';

process.env['TMPDIR'] = process.argv[2];
const server = await openMongoServer({ durable: true });
console.log(new URL(server.url('any')).port);
await once(process.stdin, 'end');
