/** The MongoDB server of the tests: a genuine one where there is one, else mongo-java-server. */
import { afterAll, beforeEach, describe, type TestContext, test } from 'vitest';
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

/** One server for all tests of a file; ended after the last. Where there is none, tests that ask for its URL are skipped. */
export async function sharedMongoServer(): Promise<MongoServer> {
  const why = await whyNoMongo();
  if (why !== null) return noServer(why);
  const server = await openMongoServer();
  afterAll(() => server[Symbol.asyncDispose]());
  return server;
}

/** In place of a server: to ask for a URL ends the test as skipped, with the reason. */
function noServer(why: string): MongoServer {
  let running: TestContext | undefined;
  beforeEach((context) => {
    running = context;
  });
  return {
    name: 'none',
    genuine: false,
    url: () => {
      if (running) return running.skip(why);
      throw new Error(why);
    },
    kill: null,
    restart: null,
    async [Symbol.asyncDispose]() {},
  };
}

/** A suite with one server for all of its tests; where there is none, it is skipped and says why. */
export async function describeWithMongo(
  title: string,
  suite: (server: MongoServer) => unknown,
): Promise<void> {
  const why = await whyNoMongo();
  if (why !== null) return test.skip(`${title} (${why})`);
  const server = await sharedMongoServer();
  describe(title, async () => void (await suite(server)));
}
