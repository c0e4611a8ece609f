/** What an image declares with VOLUME is memory of a bounded size, or is refused. */
import { expect, test } from 'vitest';
import { withVolumes } from '../../../../server/adapters/docker/image-volumes.ts';
import { specWith } from '../../../support/execution/policy-table.ts';

const MIB = 2 ** 20;
const spec = specWith();
const added = (...declared: string[]) =>
  withVolumes(spec, declared).policy.memoryFolders.filter((one) => !spec.policy.memoryFolders.includes(one));

test('each declared volume is an empty folder in memory, with a size and a number of files', () => {
  expect(added('/data', '/srv/new place/')).toEqual([
    { target: '/data', bytes: 32 * MIB, files: 4096 },
    { target: '/srv/new place', bytes: 32 * MIB, files: 4096 },
  ]);
});

test('places that are mounted anyway stay what they are, however they are spelled', () => {
  expect(withVolumes(spec, ['/tmp', '/task/', '//task/student', '/task/x/..'])).toBe(spec);
});

test('what is further down is mounted later, below a volume and above it', () => {
  const { memoryFolders } = withVolumes(spec, ['/opt', '/opt/a/b', '/opt/a']).policy;
  const targets = memoryFolders.map(({ target }) => target).filter((target) => target.startsWith('/opt'));
  expect(targets).toEqual(['/opt', '/opt/a', '/opt/a/b']);
});

test.each([
  ['/', /no folder below/],
  ['data', /no folder below/],
  ['/a,exec', /no folder below/],
  ['/a\nb', /no folder below/],
  ['/task/own', /VOLUME.*\/task\/own.*\/task is not its own/],
  ['/opt/gradeport/agent', /\/opt\/gradeport is not its own/],
  ['/etc/hosts/x', /\/etc\/hosts is not its own/],
  ['/proc/sys', /\/proc is not its own/],
  ['/dev', /\/dev is not its own/],
  ['/data/../proc/sys/kernel', /\/proc is not its own/],
  ['/task/student/../run', /\/task is not its own/],
  ['/a\u0085b', /no folder below/],
  ['/a:/etc', /no folder below/],
  [`/${'long/'.repeat(1000)}`, /no folder below/],
  [`/${'x'.repeat(300)}`, /no folder below/],
])('a volume at %j is refused, with the reason', (path, reason) => {
  expect(() => withVolumes(spec, [path])).toThrow(reason);
});

test('more than sixteen are refused, with that number', () => {
  const many = Array.from({ length: 17 }, (_, index) => `/data/${index}`);
  expect(() => withVolumes(spec, many)).toThrow(/17 volumes.*at most 16/);
  expect(withVolumes(spec, many.slice(1)).policy.memoryFolders).toHaveLength(16 + 5);
});
