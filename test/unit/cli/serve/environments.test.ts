/** A start whose environments do not all build: the others grade, and what failed is said with its log and a command. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { buildThose, gradableOf } from '../../../../server/cli/serve/environments.ts';
import { PROJECT_FOLDER } from '../../../../server/config/config.ts';
import { openCourses } from '../../../../server/courses/catalogue.ts';
import { stillUnbuilt } from '../../../../server/environments/builds/bases/unbuilt.ts';
import type { ListedImage } from '../../../../server/ports/engine/images.ts';
import { GradeportError } from '../../../../server/rules/errors.ts';
import { fakeBuilder, fakeImages } from '../../../support/engine-ports.ts';
import { environment as SOME } from '../../../support/http/house.ts';
import { tempFolder } from '../../../support/store/temp-folder.ts';

const silent = { line: () => {}, end: () => {} };
const image = (tag: string, labels = {}): ListedImage => ({
  id: tag,
  tags: [tag],
  repoDigests: [],
  labels,
  size: 1,
  created: 0,
});

const said = vi.spyOn(process.stderr, 'write');
beforeEach(() => {
  said.mockReset().mockReturnValue(true);
  return () => said.mockReset();
});
const lines = () => said.mock.calls.map(([text]) => String(text)).join('');

/** Builds three environments and their base; those of `broken` fail. */
function house(
  broken: Set<string>,
  there: ListedImage[] = [],
  code: 'conflict' | 'unreachable' = 'conflict',
) {
  const folder = tempFolder();
  for (const [name, from] of [
    ['base', 'gradeport/debian:12'],
    ['default', 'gradeport/base'],
    ['c', 'gradeport/base'],
    ['java', 'gradeport/c'],
    ['sandbox-root', 'gradeport/base'],
  ] as const) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'Dockerfile'), `FROM ${from}\n`);
  }
  const images = [image('gradeport/debian:12'), ...there];
  const engine = {
    images: fakeImages({ list: async () => images }),
    builder: fakeBuilder(async ({ tag, labels }, news) => {
      news.line(`Step 1/1 of ${tag}`);
      if (broken.has(tag)) throw new GradeportError(code, `Building ${tag} failed: code 7\n  its last lines`);
      const at = images.findIndex(({ tags }) => tags.includes(tag));
      images.splice(at === -1 ? images.length : at, at === -1 ? 0 : 1, image(tag, labels));
      return { id: tag, labels, size: 1, layers: 1 };
    }),
  };
  const data = join(tempFolder(), 'data');
  const start = () => buildThose(engine, folder, data, silent);
  return { engine, folder, data, start };
}

test('the others are built, and each that failed is said with its reason, its log and the command', async () => {
  const { data, start, engine } = house(new Set(['gradeport/c:latest']));
  const { unbuilt, keepLogs } = await start();
  const log = join(data, 'build-logs/c.log');
  const why = 'Building gradeport/c:latest failed: code 7.';
  expect(unbuilt).toEqual([
    { name: 'c', why, log, command: 'npx gradeport env build c' },
    { name: 'java', why, log, command: 'npx gradeport env build java' },
  ]);
  const tags = (await engine.images.list()).flatMap((one) => one.tags);
  expect(tags).toEqual(expect.arrayContaining(['gradeport/default:latest', 'gradeport/sandbox-root:latest']));
  expect(lines()).toContain('Environments: built base, default, sandbox-root');
  expect(lines()).toContain(
    `"c" is not built. ${why}\n  Its log: ${log}\n  To try again: npx gradeport env build c\n`,
  );
  await keepLogs();
  expect(readFileSync(log, 'utf8')).toBe(`Step 1/1 of gradeport/c:latest\n${why.slice(0, -1)}\n`);
});

test('once a later start builds it, its log is gone and nothing is said', async () => {
  const broken = new Set(['gradeport/c:latest']);
  const { data, start } = house(broken);
  await (await start()).keepLogs();
  broken.clear();
  said.mockClear();
  const { unbuilt, keepLogs } = await start();
  await keepLogs();
  expect(unbuilt).toEqual([]);
  expect(lines()).not.toContain('not built');
  expect(() => readFileSync(join(data, 'build-logs/c.log'))).toThrow('ENOENT');
});

test('an older image grades meanwhile, and the sentence says so', async () => {
  const { start } = house(new Set(['gradeport/c:latest']), [image('gradeport/c:latest')]);
  const [c] = (await start()).unbuilt;
  expect(c?.why).toBe(
    'Building gradeport/c:latest failed: code 7. Its older image grades until it is built.',
  );
});

test('the page leaves out what was built since', async () => {
  const broken = new Set(['gradeport/java:latest']);
  const { start, engine, folder } = house(broken);
  const { unbuilt } = await start();
  const still = async () => (await stillUnbuilt(engine.images, folder, unbuilt)).map(({ name }) => name);
  expect(await still()).toEqual(['java']);
  broken.clear();
  await start();
  expect(await still()).toEqual([]);
  const away = fakeImages({ list: () => Promise.reject(new Error('away')) });
  expect(await stillUnbuilt(away, folder, unbuilt)).toEqual(unbuilt);
});

test('where no environment is left to grade with, or the engine goes away, the start ends with the reason', async () => {
  await expect(house(new Set(['gradeport/base:latest'])).start()).rejects.toThrow(
    /^Not built: gradeport\/base, .*\nBuilding gradeport\/base:latest failed/,
  );
  const away = house(new Set(['gradeport/c:latest']), [], 'unreachable');
  await expect(away.start()).rejects.toMatchObject({ code: 'unreachable' });
});

test('the self-check leaves out the tasks whose environment was not built, unless an older image grades', async () => {
  const courses = openCourses([join(PROJECT_FOLDER, 'examples')]);
  onTestFinished(() => courses.close());
  const demo = await courses.get('demo');
  if (!demo) throw new Error('The demo course is not there.');
  const left = (unbuilt: string[], there: string[]) =>
    gradableOf(demo, new Set(unbuilt), {
      find: (name) => (there.includes(name) ? { ...SOME, name } : null),
    }).tasks.map(({ environment }) => environment);
  const all = demo.tasks.map(({ environment }) => environment);
  expect(all).toContain('c');
  expect(left(['c'], ['default', 'java', 'sandbox-root'])).toEqual(all.filter((name) => name !== 'c'));
  expect(left(['c'], ['c', 'default'])).toEqual(all);
  expect(left([], [])).toEqual(all);
});
