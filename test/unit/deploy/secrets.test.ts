/** Secrets of the container: from variables and from files, and which address of the database they make. */
import { expect, test } from 'vitest';
import { secretsIn } from '../../../deploy/secrets.ts';

const FILES: Record<string, string> = { '/run/secrets/p': 'p@ss/word\n', '/run/secrets/nothing': '\n' };
const secrets = (variables: Record<string, string>) =>
  secretsIn(variables, (path) => {
    const text = FILES[path];
    if (text === undefined) throw new Error(`ENOENT: no such file, open '${path}'`);
    return text;
  });
const ADDRESS = { GRADEPORT_STORE: 'mongodb://mongo:27017/gradeport' };
const KNOWN = 'mongodb://gradeport:p%40ss%2Fword@mongo:27017/gradeport?authSource=admin';

test('without secrets nothing changes', () => {
  expect(
    secrets({ ...ADDRESS, MONGO_USER: '', MONGO_PASSWORD: '', GRADEPORT_REGISTRY_KEY_FILE: '' }),
  ).toEqual({});
});

test.each([
  ['a variable', { MONGO_PASSWORD: 'p@ss/word' }],
  ['a file', { MONGO_PASSWORD: '', MONGO_PASSWORD_FILE: '/run/secrets/p' }],
])('the password of the database comes from %s, and becomes part of the address', (_, given) => {
  expect(secrets({ ...ADDRESS, MONGO_USER: 'gradeport', ...given })).toMatchObject({
    GRADEPORT_STORE: KNOWN,
  });
});

test.each([
  ['mongodb://mongo/g?tls=true', 'mongodb://a:b@mongo/g?tls=true&authSource=admin'],
  ['mongodb://mongo/g?authSource=own', 'mongodb://a:b@mongo/g?authSource=own'],
  ['mongodb+srv://db.example.org/g', 'mongodb+srv://a:b@db.example.org/g?authSource=admin'],
  ['mongodb://other:secret@db/g', 'mongodb://other:secret@db/g'],
])('the address %s becomes %s', (address, made) => {
  const variables = { GRADEPORT_STORE: address, MONGO_USER: 'a', MONGO_PASSWORD: 'b' };
  expect(secrets(variables)['GRADEPORT_STORE']).toBe(made);
});

test('the address itself, the token of the metrics and the key of registries may be files', () => {
  const names = ['GRADEPORT_STORE', 'GRADEPORT_METRICS_TOKEN', 'GRADEPORT_REGISTRY_KEY'];
  const variables = Object.fromEntries(names.map((name) => [`${name}_FILE`, '/run/secrets/p']));
  expect(secrets(variables)).toEqual(Object.fromEntries(names.map((name) => [name, 'p@ss/word'])));
});

test.each([
  ['a user without a password', { MONGO_USER: 'a' }, /^MONGO_PASSWORD is missing: set both, or neither\.$/],
  ['a password without a user', { MONGO_PASSWORD: 'b' }, /^MONGO_USER is missing/],
  [
    'a file that is not there',
    { MONGO_PASSWORD_FILE: '/nowhere' },
    /MONGO_PASSWORD_FILE names cannot be read: ENOENT/,
  ],
  [
    'an empty file',
    { MONGO_PASSWORD_FILE: '/run/secrets/nothing' },
    /nothing, which MONGO_PASSWORD_FILE names, is empty/,
  ],
])('%s is refused', (_, variables, why) => {
  expect(() => secrets({ ...ADDRESS, ...variables })).toThrow(why);
});
