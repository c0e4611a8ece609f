/**
 * Global set-up of `npm run test:stores`: one MongoDB server for the whole run. It stands before machine.ts in the
 * list, so that the last suite does not take the server for something that a test left behind.
 */
import { mongo } from 'mongoose';
import { PREFIX_VARIABLE, SERVER_VARIABLE } from '../store/store-url.ts';
import { freshDatabase } from './fresh-database.ts';
import type { MongoServer } from './mongo-server.ts';
import { openMongoServer } from './server.ts';

let server: MongoServer | null = null;
let url = '';

export async function setup(): Promise<void> {
  const prefix = freshDatabase();
  server = await openMongoServer();
  url = server.url(prefix);
  process.env[SERVER_VARIABLE] = url;
  process.env[PREFIX_VARIABLE] = prefix;
  console.log(`\nThe store of this run: MongoDB (${server.name})\n`);
}

export async function teardown(): Promise<void> {
  await using _ended = server;
  // With somebody else's server the databases would stay.
  await dropDatabases(url, process.env[PREFIX_VARIABLE] ?? '');
}

async function dropDatabases(server: string, prefix: string): Promise<void> {
  await using client = await mongo.MongoClient.connect(server);
  const { databases } = await client.db('admin').admin().listDatabases({ nameOnly: true });
  const ours = databases.filter(({ name }) => prefix !== '' && name.startsWith(prefix));
  for (const { name } of ours) await client.db(name).dropDatabase();
}
