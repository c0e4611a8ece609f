/** The address of a MongoDB database: read here, and never shown with its password. */
import { ConnectionString, redactConnectionString } from 'mongodb-connection-string-url';
import { GradeportError } from '../../../rules/errors.ts';

export type MongoAddress = {
  url: string;
  database: string;
  /** For people: hosts and database, without user, password and options. */
  shown: string;
};

/** What MongoDB allows on every system, so that a backup can be restored anywhere. */
const DATABASE = /^[^/\\. "$*<>:|?\0]{1,63}$/;
const EXAMPLE = 'such as mongodb://user:password@host:27017/gradeport';

/** @throws GradeportError "usage" that says what is wrong, never with the password */
export function readMongoUrl(url: string): MongoAddress {
  const parsed = parse(url);
  const database = decodeURIComponent(parsed.pathname.slice(1));
  if (database === '') throw wrong(`names no database; write its name behind the host, ${EXAMPLE}`);
  if (!DATABASE.test(database)) throw wrong(`names the database "${database}", which MongoDB cannot have`);
  const hosts = parsed.hosts.join(',');
  return { url, database, shown: `${parsed.protocol}//${hosts}/${database}` };
}

function parse(url: string): ConnectionString {
  try {
    return new ConnectionString(url);
  } catch {
    // No cause: the library's sentence may hold what was typed, a password included, and logs show causes.
    throw wrong(`cannot be read; an address is written ${EXAMPLE}`);
  }
}

const wrong = (what: string): GradeportError => new GradeportError('usage', `The store's address ${what}.`);

/** For `config show` and the log: any address with its password hidden, however malformed it is. */
export function hidePassword(url: string): string {
  const hidden = redactConnectionString(url, { replacementString: '***' });
  // What is not written as an address may still hold a password before the last "@".
  return hidden.replace(/^([a-z+]+:\/*)?.*@/is, '$1***@');
}
