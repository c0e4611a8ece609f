/** The MongoDB server of the tests: a genuine one where there is one, else mongo-java-server. */
import { afterAll, describe, test } from 'vitest';
import { ensureMongoServer, mongoSource, whyNoMongoServer } from '../../../setup/mongo-server.mjs';
import { openGivenServer } from './given-server.ts';
import { launchOf } from './launch.ts';
import type { MongoServer } from './mongo-server.ts';
import { openOwnServer } from './own-server.ts';

export { freshDatabase } from './fresh-database.ts';

/** Why the MongoDB suites are skipped; null where they can run. Takes seconds where the server has to be made first. */
export async function whyNoMongo(): Promise<string | null> {
  if (mongoSource()) return null;
  if (!whyNoMongoServer()) await ensureMongoServer(() => {});
  return whyNoMongoServer() || null;
}

/** @param options durable: mongo-java-server keeps its data in a file, which restart() needs */
export async function openMongoServer(options: { durable?: boolean } = {}): Promise<MongoServer> {
  const why = await whyNoMongo();
  const source = mongoSource();
  if (!source) throw new Error(why ?? 'there is no MongoDB server');
  if (source.kind === 'given') return openGivenServer(source.url);
  return openOwnServer(launchOf(source, options.durable ?? false));
}

/** One server for all tests of a file; ended after the last. */
export async function sharedMongoServer(): Promise<MongoServer> {
  const server = await openMongoServer();
  afterAll(() => server[Symbol.asyncDispose]());
  return server;
}

/** A suite with one server for all of its tests; where there is none, it is skipped and says why. */
export async function describeWithMongo(title: string, suite: (server: MongoServer) => void): Promise<void> {
  const why = await whyNoMongo();
  if (why !== null) return test.skip(`${title} (${why})`);
  const server = await sharedMongoServer();
  describe(title, () => suite(server));
}
