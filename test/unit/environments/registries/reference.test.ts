import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  canonicalName,
  familiarName,
  parseHost,
  parseReference,
  tryReference,
  withTag,
  written,
} from '../../../../server/environments/registries/reference.ts';

const DIGEST = `sha256:${'ab'.repeat(32)}`;

describe('the name of an image', () => {
  test.each([
    ['python', 'docker.io', 'library/python', null, null],
    ['python:3', 'docker.io', 'library/python', '3', null],
    ['someone/python', 'docker.io', 'someone/python', null, null],
    ['index.docker.io/python', 'docker.io', 'library/python', null, null],
    ['localhost/python', 'localhost', 'python', null, null],
    ['127.0.0.1:5000/a/b/c:1.2', '127.0.0.1:5000', 'a/b/c', '1.2', null],
    ['Registry.Example.org/a_b/c--d', 'registry.example.org', 'a_b/c--d', null, null],
    ['[::1]:5000/a', '[::1]:5000', 'a', null, null],
    [`r.example.org/a@${DIGEST}`, 'r.example.org', 'a', null, DIGEST],
    [`r.example.org/a:1@${DIGEST}`, 'r.example.org', 'a', '1', DIGEST],
  ])('%s is taken apart as engines do', (text, host, repository, tag, digest) => {
    expect(parseReference(text)).toEqual({ host, repository, tag, digest });
  });

  test.each([
    '',
    'Python',
    'a b',
    '/a',
    'a/',
    'a//b',
    'a:',
    'a:b:c',
    '-a',
    'a/../b',
    'https://r.example.org/a',
    'r.example.org/a@sha256:12',
    `a@${DIGEST}@${DIGEST}`,
    'r.example.org:port/a',
    'x'.repeat(600),
  ])('%j is refused, saying what is expected', (text) => {
    expect(() => parseReference(text)).toThrow(/is not the name of an image\. Expected/);
  });

  test('is written the same way again, and is the same when it is read again', () => {
    for (const text of [
      'python:3',
      'someone/a:1',
      `r.example.org/a:1@${DIGEST}`,
      `r.example.org/a@${DIGEST}`,
    ]) {
      expect(written(parseReference(text))).toBe(text);
    }
    expect(withTag(parseReference('python'))).toBe('python:latest');
    expect(familiarName(parseReference('docker.io/library/python'))).toBe('python');
    expect(canonicalName(parseReference('python'))).toBe('docker.io/library/python');
  });

  test('whatever somebody types, reading it ends, and what is read can be written', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'aZ0.:/@_-[]* '), maxLength: 60 }), (text) => {
        const reference = tryReference(text);
        if (reference)
          expect(tryReference(written(reference))).toEqual({ ...reference, tag: tagOf(reference) });
      }),
    );
  });
});

/** Without tag and digest a name means its tag "latest". */
const tagOf = ({ tag, digest }: { tag: string | null; digest: string | null }) =>
  tag ?? (digest === null ? 'latest' : null);

describe('a registry that somebody signs in to', () => {
  test('is a host, perhaps with a port', () => {
    expect(parseHost(' Registry.Example.org ')).toBe('registry.example.org');
    expect(parseHost('localhost:5000')).toBe('localhost:5000');
    expect(parseHost('index.docker.io')).toBe('docker.io');
  });

  test.each(['', 'registry', 'https://r.example.org', 'r.example.org/path', 'a b.c', 'r.example.org:x'])(
    '%j is none',
    (text) => {
      expect(() => parseHost(text)).toThrow(/is not a registry\. Expected its host/);
    },
  );
});
