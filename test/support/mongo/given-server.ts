/** Somebody's genuine MongoDB server: tests use databases of their own in it, and drop exactly those. */
import { mongo } from 'mongoose';
import { TEST_DATABASE } from './fresh-database.ts';
import type { MongoServer } from './mongo-server.ts';

export function openGivenServer(connectionString: string): MongoServer {
  const named = new Set<string>();
  return {
    name: `the server of GRADEPORT_TEST_MONGODB (${hostsOf(connectionString)})`,
    genuine: true,
    url(database) {
      if (!TEST_DATABASE.test(database)) throw new Error(`"${database}" is no name of a database for tests`);
      named.add(database);
      return withDatabase(connectionString, database);
    },
    kill: null,
    restart: null,
    [Symbol.asyncDispose]: () => drop(connectionString, named),
  };
}

async function drop(connectionString: string, databases: ReadonlySet<string>): Promise<void> {
  if (databases.size === 0) return;
  await using client = await mongo.MongoClient.connect(connectionString);
  for (const name of databases) await client.db(name).dropDatabase();
}

const CONNECTION_STRING = /^(mongodb(?:\+srv)?:\/\/(?:[^@/]*@)?)([^/?]+)(?:\/([^?]*))?(?:\?(.*))?$/;

function partsOf(connectionString: string) {
  const [, start = '', hosts = '', database = '', options = ''] =
    CONNECTION_STRING.exec(connectionString) ?? [];
  if (!hosts) throw new Error('GRADEPORT_TEST_MONGODB is no connection string of MongoDB');
  return { start, hosts, database, options: new URLSearchParams(options) };
}

const hostsOf = (connectionString: string): string => partsOf(connectionString).hosts;

/** The same server and user, another database. */
export function withDatabase(connectionString: string, database: string): string {
  const { start, hosts, database: before, options } = partsOf(connectionString);
  // The user is looked up in the database of the path, unless this option names one.
  if (start.includes('@') && !options.has('authSource')) options.set('authSource', before || 'admin');
  const query = options.size > 0 ? `?${options}` : '';
  return `${start}${hosts}/${database}${query}`;
}
