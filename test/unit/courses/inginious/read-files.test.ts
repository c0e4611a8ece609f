/** However a teacher writes a course's files, reading them keeps nobody else waiting. */
import { expect, test } from 'vitest';
import { readCourseSource, readTaskSource } from '../../../../server/courses/inginious/read-files.ts';
import { readMo } from '../../../../server/courses/translations/gettext-mo.ts';

const place = { id: 't', course: 'c', folder: '/courses/c/t', file: 'c/t/task.yaml' };
const SIZE = 128 * 1024;
const fill = (unit: string, start = '') => (start + unit.repeat(SIZE / unit.length)).slice(0, SIZE);

/** Processor time of this thread: a busy machine adds nothing to it. */
function busyMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** The longest time for which this thread worked and nothing else could run. */
async function longestWait(work: Promise<unknown>): Promise<number> {
  let [last, longest] = [busyMs(), 0];
  const look = () => {
    const now = busyMs();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const ticking = setInterval(look, 5);
  await work;
  clearInterval(ticking);
  look();
  return longest;
}

test.each([
  ['brackets', fill('[')],
  ['maps in maps', fill('{a: ')],
  ['lists in lists', fill('- ')],
  ['aliases', fill('b: *a\n', 'a: &a [x]\n')],
  ['merges', fill(' "1":\n  <<: *a\n', 'a: &a {x: 1}\nproblems:\n')],
  ['unknown keys', Array.from({ length: SIZE / 16 }, (_, at) => `k${at}: 1\n`).join('')],
  ['faults', fill('\t]\n')],
  ['lists in lists, with tabs', fill('-\t')],
  ['brackets that begin at the margin', fill('a,[\n', '[\n')],
  ['keys of keys', fill('? ')],
  ['tags and anchors', fill('!!map &a ')],
])('%s', async (_, source) => {
  const wait = await longestWait(
    Promise.all([readTaskSource(source, place), readCourseSource(source, 'c/course.yaml', 'c')]),
  );
  expect(wait).toBeLessThan(500);
  const read = await readTaskSource(source, place);
  expect('problems' in read && read.problems.length).toBeGreaterThan(0);
  expect('problems' in read && read.problems.length).toBeLessThanOrEqual(100);
});

test('a file that is too large or too deep says which bound it met', async () => {
  const said = async (source: string) =>
    (await readCourseSource(source, 'c/course.yaml', 'c')).problems[0]?.message;
  expect(await said(`${fill('a')}b`)).toBe('this file is larger than 128 KiB');
  expect(await said(`toc: ${'['.repeat(101)}`)).toBe('this file is nested more than 100 levels deep');
  expect(await said(`toc:\n${'- '.repeat(101)}x`)).toBe('this file is nested more than 100 levels deep');
});

test('brackets of code and rulers of dashes are no depth', async () => {
  const source = `name: ${'-'.repeat(300)}\ncontext: |\n    ${'-'.repeat(300)}\n    a\n    ${'{ }'.repeat(300)}\nproblems:\n  q:\n    type: code\n`;
  expect(await readTaskSource(source, place)).toHaveProperty('task');
});

test('a catalogue whose texts overlap is none: they would need more memory than there is', () => {
  const [count, length] = [10_000, 400_000];
  const file = Buffer.alloc(20 + 16 * count + length);
  file.writeUInt32LE(0x950412de, 0);
  for (const [at, value] of [count, 20, 20 + 8 * count].entries()) file.writeUInt32LE(value, 8 + 4 * at);
  for (let entry = 0; entry < 2 * count; entry += 1) {
    file.writeUInt32LE(length, 20 + 8 * entry);
    file.writeUInt32LE(20 + 16 * count, 24 + 8 * entry);
  }
  expect(readMo(file)).toBeNull();
});

test('everything of a course comes back from the thread, also the secrets of its learning platforms', async () => {
  const source = 'name: C\nis_lti: true\nlti_url: https://lms.example.org/\nlti_keys: { key: "s3cret" }\n';
  const { name, lti, problems } = await readCourseSource(source, 'c/course.yaml', 'c');
  expect([name, problems]).toEqual(['C', []]);
  expect(lti?.secretOf('key')).toBe('s3cret');
  expect(lti?.secretOf('other')).toBeNull();
  expect(JSON.stringify(lti)).not.toContain('s3cret');
});
