/** What `npm run test:stores` runs: a path that is in its list and not on the disk would be left out in silence. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { PROJECT_FOLDER } from '../../../server/config/config.ts';

const project = z.object({ test: z.object({ include: z.array(z.string()) }) });
const config = z.object({ default: z.object({ test: z.object({ projects: z.array(project) }) }) });
const file = join(PROJECT_FOLDER, 'vitest.stores.config.ts');
const { projects } = config.parse(await import(/* @vite-ignore */ file)).default.test;
const patterns = projects.flatMap(({ test: { include } }) => include);
const filesOf = (pattern: string): string[] => globSync(pattern, { cwd: PROJECT_FOLDER });

test('each path that it names is there', () => {
  expect(patterns.filter((pattern) => filesOf(pattern).length === 0)).toEqual([]);
});

test('each suite that opens the store of the test run is in it', () => {
  const run = new Set(patterns.flatMap(filesOf));
  const opens = /\b(openTestStore|tempTestStore)\(/;
  const suites = globSync('test/**/*.test.ts', { cwd: PROJECT_FOLDER }).filter((name) =>
    opens.test(readFileSync(join(PROJECT_FOLDER, name), 'utf8')),
  );
  expect(suites.filter((name) => !run.has(name))).toEqual([]);
});
