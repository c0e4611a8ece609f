/** The store's address: what is wrong with it is said, and its password never. */
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { hidePassword, readMongoUrl } from '../../../../../server/adapters/mongo/connection/url.ts';

test.each([
  ['mongodb://h/db', 'db', 'mongodb://h/db'],
  ['mongodb://u:p@h:1,i:2/a-b_c?replicaSet=rs', 'a-b_c', 'mongodb://h:1,i:2/a-b_c'],
  ['mongodb+srv://u:p%40@h.example/x?authSource=admin', 'x', 'mongodb+srv://h.example/x'],
])('%s names its database, and is shown without user, password and options', (url, database, shown) => {
  expect(readMongoUrl(url)).toEqual({ url, database, shown });
});

test.each([
  ['mongodb://h', 'names no database'],
  ['mongodb://h/?w=1', 'names no database'],
  ['mongodb://h/a.b', 'names the database "a.b", which MongoDB cannot have'],
  [`mongodb://h/${'x'.repeat(64)}`, 'which MongoDB cannot have'],
  ['mongodb:///db', 'cannot be read'],
  ['http://h/db', 'cannot be read'],
  ['mongodb+srv://h:1/db', 'cannot be read'],
  ['', 'cannot be read'],
])('%j is refused: %s', (url, sentence) => {
  expect(() => readMongoUrl(url)).toThrow(
    expect.objectContaining({ code: 'usage', message: expect.stringContaining(sentence) }),
  );
});

describe('a password is never shown', () => {
  test.each([
    'mongodb://u:s3cr3t@h:1/db',
    'mongodb://u:s3cr3t/x@h:1/db',
    'mongodb://u:12/s3cr3t@h',
    'mongodb://u:12/s3cr3t@h/db',
    'mongodb://u:s3cr3t@x@h/db',
    'mongodb://u:s3cr3t%@h/db',
    'mongodb://u:s3cr3t?x@h/db',
    'mongodb://u:s3cr3t#x@h/db',
    'mongodb://u:s3cr3t@/db',
    'mongodb://u:s3cr3t@h:99999/db',
    'mongodb://u:s3cr3t@h1,h2/a b',
    'mongodb+srv://u:s3cr3t@h:12/db',
    'http://u:s3cr3t@h/db',
    'mongodb:/u:s3cr3t@h/db',
    'u:s3cr3t@h/db',
    'u:s3cr3t@x@h/db',
    'mongodb://h/db?authMechanismProperties=AWS_SESSION_TOKEN:s3cr3t',
    'mongodb://h/db?tlsCertificateKeyFilePassword=s3cr3t',
    'mongodb://h/db?proxyHost=p&proxyPassword=s3cr3t',
  ])('of %s', (url) => {
    expect(hidePassword(url)).not.toContain('s3cr3t');
    let said: string;
    try {
      said = inspect(readMongoUrl(url).shown);
    } catch (error) {
      said = inspect(error);
    }
    expect(said).not.toContain('s3cr3t');
  });

  test('and the rest of the address is', () => {
    expect(hidePassword('mongodb://u:s3cr3t@h:1,i:2/db?w=1')).toBe('mongodb://***@h:1,i:2/db?w=1');
    expect(hidePassword('mongodb://h:1/db')).toBe('mongodb://h:1/db');
  });
});
