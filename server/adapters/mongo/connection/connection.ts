/** One connection pool to a database, and what its server must be able to do. */
import mongoose, { type Connection, mongo } from 'mongoose';
import { GradeportError } from '../../../rules/errors.ts';
import { explain, isPassing } from './errors.ts';
import { watchHeartbeats } from './heartbeats.ts';
import type { MongoAddress } from './url.ts';

/** MongoDB 5.0, the oldest version whose field names and fixes we rely on; recognised by its wire version. */
const OLDEST = { version: '5.0', wire: 13 };
/** A server that is away is noticed soon; persist() asks again. */
const SELECTION_MS = 2000;
const CONNECT_MS = 5000;
/** Longer than any single answer takes; a server that is silent for this long counts as away. */
const SILENCE_MS = 15_000;
const POOL = 50;

/** @throws GradeportError that says what to correct in the address, or in the server */
export async function connect(
  { url, database, shown }: MongoAddress,
  silenceMs = SILENCE_MS,
): Promise<Connection> {
  const connection = mongoose.createConnection(url, {
    dbName: database,
    autoIndex: false,
    autoCreate: false,
    bufferCommands: false,
    serverSelectionTimeoutMS: SELECTION_MS,
    connectTimeoutMS: CONNECT_MS,
    socketTimeoutMS: silenceMs,
    waitQueueTimeoutMS: silenceMs,
    maxPoolSize: POOL,
    appName: 'gradeport',
    readPreference: 'primary',
    writeConcern: { w: 'majority', journal: true },
  });
  try {
    await connection.asPromise();
    checkVersion(connection, shown);
    watchHeartbeats(connection.getClient());
    return connection;
  } catch (error) {
    await connection.close().catch(() => {});
    throw sayWhy(error, shown);
  }
}

function checkVersion(connection: Connection, shown: string): void {
  const topology: unknown = Reflect.get(connection.getClient(), 'topology');
  const wire =
    topology && Number(Reflect.get(Reflect.get(topology, 'description') ?? {}, 'commonWireVersion'));
  if (typeof wire === 'number' && wire < OLDEST.wire) throw tooOld(shown, null);
}

const tooOld = (shown: string, cause: unknown) =>
  new GradeportError(
    'conflict',
    `The server of ${shown} is older than MongoDB ${OLDEST.version}: update it, to 7.0 or 8.0.`,
    { cause },
  );

function sayWhy(error: unknown, shown: string): unknown {
  if (error instanceof mongo.MongoCompatibilityError) return tooOld(shown, error);
  const deepest = deepestError(error);
  // Node adds advice to some messages, behind a semicolon.
  const said = (deepest instanceof Error ? deepest.message : String(deepest)).replace(/;.*/s, '');
  const code = deepest instanceof Error ? String(Reflect.get(deepest, 'code')) : '';
  if (UNKNOWN_HOST.test(code)) {
    const message = `No host of the address ${shown} is known (${said}): correct the store’s address.`;
    return new GradeportError('usage', message, { cause: error });
  }
  if (BAD_CERTIFICATE.test(code)) {
    const advice = 'Correct the certificate, or name its authority with tlsCAFile= in the store’s address.';
    return new GradeportError('denied', `The certificate of ${shown} is not accepted (${said}). ${advice}`, {
      cause: error,
    });
  }
  if (error instanceof mongo.MongoParseError || error instanceof mongo.MongoAPIError)
    return new GradeportError('usage', `The store’s address cannot be used: ${error.message}`, {
      cause: error,
    });
  if (isPassing(error)) {
    const message = `The database ${shown} does not answer (${said}): start it, or correct the store’s address.`;
    return new GradeportError('store-away', message, { cause: error });
  }
  return explain(error, shown);
}

/** Codes of Node's resolver. */
const UNKNOWN_HOST = /^(ENOTFOUND|EAI_AGAIN|ENODATA|ESERVFAIL)$/;
/** Codes of OpenSSL about a certificate, and of Node about TLS. */
const BAD_CERTIFICATE = /CERT|ISSUER|SIGNATURE|^ERR_TLS|^ERR_SSL|^EPROTO$/;

/** The driver wraps an error of the connection several times. */
function deepestError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const reason: unknown = Reflect.get(error, 'reason');
  const servers: unknown =
    typeof reason === 'object' && reason !== null ? Reflect.get(reason, 'servers') : null;
  if (servers instanceof Map) {
    for (const server of servers.values()) {
      const inner: unknown = Reflect.get(server, 'error');
      if (inner instanceof Error) return deepestError(inner);
    }
  }
  return error.cause instanceof Error ? deepestError(error.cause) : error;
}
