/** What a build may write, and which of its images and containers count. */
import { expect, test } from 'vitest';
import {
  growth,
  isBase,
  isStep,
  whyNoSpace,
  whyNotOnVolumes,
  whyTooLarge,
} from '../../../../../server/adapters/docker/build/watch-policy.ts';
import { INSTANCE_LABEL } from '../../../../../server/ports/engine/container-labels.ts';

const STARTED = Date.parse('2026-11-20T10:00:00.000Z');
const MIB = 2 ** 20;

test.each([
  ['made after it began', 5000, {}, true],
  ['without labels', 0, null, true],
  ['by a clock that is a second behind', -1000, {}, true],
  ['of before the build', -1001, {}, false],
  ['of a grading', 5000, { [INSTANCE_LABEL]: 'x' }, false],
])('a container %s: a step of the build is %j', (_, offsetMs, labels, expected) => {
  const info = { Created: new Date(STARTED + offsetMs).toISOString(), Config: { Labels: labels } };
  expect(isStep(info, STARTED)).toBe(expected);
});

const named = { RepoTags: ['debian:13'] };
test.each([
  ['was there and has a name', true, { Parent: 'p', ...named }, true],
  ['was there and has no parent', true, { Parent: '' }, true],
  ['was there, of an earlier build', true, { Parent: 'p' }, false],
  ['was pulled', false, { Parent: '', RepoDigests: ['debian@sha256:1'] }, true],
  ['is new and begins with nothing', false, { Parent: '', RepoTags: [], RepoDigests: null }, false],
  ['is new and has a name and a parent', false, { Parent: 'p', ...named }, false],
  ['is a new layer', false, { Parent: 'p' }, false],
])('an image that %s', (_, wasThere, image, expected) => {
  expect(isBase({ Id: 'i', ...image }, new Set(wasThere ? ['i'] : []))).toBe(expected);
});

test.each([
  [10, 4, 6],
  [4, 4, 0],
  [4, 10, 0],
])('an image of %i bytes on one of %i counts with %i', (size, below, bytes) => {
  expect(growth(size, below)).toBe(bytes);
});

test.each([
  ['writes all it may', whyTooLarge(100, 100), null],
  ['writes more', whyTooLarge(101, 100), 'too-large'],
  ['leaves the disk its reserve', whyNoSpace(512 * MIB), null],
  ['fills the disk', whyNoSpace(512 * MIB - 1), 'no-space'],
  ['is on another machine', whyNoSpace(Number.POSITIVE_INFINITY), null],
  ['has no volume', whyNotOnVolumes(0), null],
  ['has a volume', whyNotOnVolumes(1), 'conflict'],
])('a build that %s', (_, error, code) => {
  expect(error?.code ?? null).toBe(code);
});
