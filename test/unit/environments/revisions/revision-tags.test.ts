import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isKeptName } from '../../../../server/environments/discovery/environments-of-images.ts';
import {
  isKeptBy,
  keptName,
  shortDigest,
} from '../../../../server/environments/revisions/images/revision-tags.ts';

const OWN = '0a1b2c3d';
const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

test('a plain name keeps its letters', () => {
  expect(keptName('c', DIGEST, OWN)).toBe('gradeport-revision/c:0123456789ab-0a1b2c3d');
  expect(shortDigest(DIGEST)).toBe('0123456789ab');
});

test('names that differ only in what an image’s name cannot say are kept apart', () => {
  const names = ['C', 'c', 'c+', 'c++', 'c-', 'é', 'è'].map((name) => keptName(name, DIGEST, OWN));
  expect(new Set(names).size).toBe(names.length);
});

test('whatever the grading name, the engine takes it, and we know it again', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 100 }), (name) => {
      const kept = keptName(name, DIGEST, OWN);
      // The engine's own rule for repositories.
      expect(kept).toMatch(
        /^gradeport-revision\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*:[0-9a-f]{12}-[0-9a-f]{8}$/,
      );
      expect(isKeptName(kept)).toBe(true);
      expect([isKeptBy(OWN, kept), isKeptBy('ffffffff', kept)]).toEqual([true, false]);
    }),
  );
});
