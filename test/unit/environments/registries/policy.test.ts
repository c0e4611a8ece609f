import { describe, expect, test } from 'vitest';
import {
  imagePolicySchema,
  isAllowed,
  schemesOf,
  whyBaseRefused,
  whyRefused,
} from '../../../../server/environments/registries/policy.ts';
import { parseReference } from '../../../../server/environments/registries/reference.ts';

const DIGEST = `sha256:${'ab'.repeat(32)}`;
const policy = (given: object) => imagePolicySchema.parse(given);
const allows = (pattern: string, name: string) => isAllowed(parseReference(name), { allow: [pattern] });

describe('the list of an operator', () => {
  test('that is empty lets everything in', () => {
    expect(whyRefused(parseReference('anybody/anything'), policy({}))).toBeNull();
  });

  test.each([
    ['r.example.org/course/*', 'r.example.org/course/python:3', true],
    ['r.example.org/course/*', 'r.example.org/course/deep/python', false],
    ['r.example.org/**', 'r.example.org/course/deep/python', true],
    ['r.example.org/**', 'r.example.org.evil.example/course', false],
    ['r.example.org/**', 'rxexample.org/course', false],
    ['*.example.org/**', 'r.example.org/a', true],
    ['*.example.org/**', 'evil.example/a.example.org/a', false],
    ['python', 'python:3', true],
    ['python', 'someone/python', false],
    ['docker.io/library/*', 'python', true],
    ['docker.io/library/*', 'someone/python', false],
    ['localhost:5000/**', 'localhost:5000/a', true],
    ['[::1]:5000/**', '[::1]:5000/a', true],
  ])('%s and %s: %s', (pattern, name, expected) => {
    expect(imagePolicySchema.safeParse({ allow: [pattern] }).success).toBe(true);
    expect(allows(pattern, name)).toBe(expected);
  });

  test('says what is missing and where to put it', () => {
    const why = whyRefused(parseReference('someone/python'), policy({ allow: ['r.example.org/**'] }));
    expect(why).toContain('someone/python:latest is not on');
    expect(why).toContain('images.allow');
  });

  test('may want digests', () => {
    const strict = policy({ requireDigest: 'true' });
    expect(whyRefused(parseReference('python:3'), strict)).toContain('names no digest');
    expect(whyRefused(parseReference(`python@${DIGEST}`), strict)).toBeNull();
  });

  test.each(['https://r.example.org/**', 'R.example.org/**', 'r.example.org/(a|b)', '', 'a b'])(
    'refuses %j as a pattern',
    (pattern) => {
      expect(imagePolicySchema.safeParse({ allow: [pattern] }).success).toBe(false);
    },
  );
});

describe('the FROM of a Dockerfile', () => {
  const strict = policy({ allow: ['r.example.org/**'] });

  test('may name what is here, and nothing else that the list does not name', () => {
    expect(whyBaseRefused('gradeport/base', strict, true)).toBeNull();
    expect(whyBaseRefused('scratch', strict, false)).toBeNull();
    expect(whyBaseRefused('r.example.org/base', strict, false)).toBeNull();
    expect(whyBaseRefused('gradeport/base', strict, false)).toContain('is not on');
  });
});

describe('a registry', () => {
  test('is asked without TLS only on this machine, or where the operator says so', () => {
    const asked = policy({ insecureRegistries: ['r.example.org:5000'] });
    expect(schemesOf('r.example.org', asked)).toEqual(['https']);
    expect(schemesOf('r.example.org:5000', asked)).toEqual(['https', 'http']);
    for (const host of ['localhost', '127.0.0.1:5000', '127.9.9.9', '[::1]:5000']) {
      expect(schemesOf(host, asked)).toEqual(['http', 'https']);
    }
    for (const host of ['127.0.0.1.example.org', 'localhost.example.org']) {
      expect(schemesOf(host, asked)).toEqual(['https']);
    }
  });
});
