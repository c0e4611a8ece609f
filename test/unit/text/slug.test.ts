import { expect, test } from 'vitest';
import { slugAndHash } from '../../../server/text/slug.ts';

test.each([
  ['python3', 'python3', 'c1cc69e6'],
  ['C++ (2020)', 'c-2020', '6b3c50de'],
  ['我们', '', 'bcacb40d'],
])('%s', (name, slug, hash) => {
  expect(slugAndHash(name)).toEqual({ slug, hash });
});
