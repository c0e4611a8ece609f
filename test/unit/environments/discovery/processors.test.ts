/** An image that is made for another processor: what the environment says, and what runs it. */
import { describe, expect, test } from 'vitest';
import { environmentsOf } from '../../../../server/environments/discovery/environments-of-images.ts';

const LABELS = { 'org.gradeport.grading.name': 'other' };
const image = (processor?: { wanted: string; here: string; isEmulated: boolean }, labels = {}) => ({
  id: `sha256:${'a'.repeat(64)}`,
  tags: ['other:latest'],
  labels: { ...LABELS, ...labels },
  size: 1,
  created: 0,
  processor,
});
const seen = (...of: Parameters<typeof image>) => {
  const [found] = environmentsOf([image(...of)], ['runc', 'runsc', 'crun'], {});
  return { runtime: found?.environment.runtime, reason: found?.environment.reason };
};

describe('an image for another processor', () => {
  test('is listed as unusable, with both processors and the way out', () => {
    expect(seen({ wanted: 'arm64', here: 'amd64', isEmulated: false })).toEqual({
      runtime: null,
      reason:
        'The image is for arm64 processors, and this machine has amd64. Pull or build it for amd64, or let an operator install an emulator (binfmt_misc).',
    });
  });

  test('runs where the kernel has an emulator, on a runtime that shares the kernel', () => {
    const { runtime, reason } = seen({ wanted: 'arm64', here: 'amd64', isEmulated: true });
    expect(runtime).toBe('crun');
    expect(reason).toMatch(
      /^The image is for arm64 processors, and this machine has amd64\. An emulator runs it/,
    );
  });

  test('does not run in an emulator where it needs root: no runtime has both', () => {
    const needs = { 'org.gradeport.grading.need_root': '1' };
    expect(seen({ wanted: 'arm64', here: 'amd64', isEmulated: true }, needs).runtime).toBeNull();
    expect(seen(undefined, needs).runtime).toBe('runsc');
  });
});
