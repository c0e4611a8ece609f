/**
 * Starts the MongoDB server of the tests for a person, in memory, until it is interrupted.
 *
 *   node test/support/mongo/start.ts              prints a connection string
 *   node test/support/mongo/start.ts npm start    runs a command with it in GRADEPORT_STORE
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { freshDatabase, openMongoServer } from './server.ts';

const [program, ...args] = process.argv.slice(2);
await using server = await openMongoServer();
const url = server.url(freshDatabase());
console.error(server.name);
const interrupted = Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal)));

if (program === undefined) {
  console.log(url);
  await interrupted;
} else {
  const child = spawn(program, args, { stdio: 'inherit', env: { ...process.env, GRADEPORT_STORE: url } });
  const [code] = await once(child, 'exit');
  process.exitCode = code ?? 1;
}
