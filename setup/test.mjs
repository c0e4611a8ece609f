// npm test: the same set-up as npm start, then every check. `npm test -- unit` runs the suites of that name.
import { join } from 'node:path';
import process from 'node:process';
import { check, runTests } from './checks.mjs';
import { closeDoor } from './engine-api.mjs';
import { start, startGradeport } from './project.mjs';
import { fail, runSteps } from './steps.mjs';
import { withTempFolder } from './temp-folder.mjs';
import { testSteps } from './test-steps.mjs';

/**
 * @param {string} folder
 * @returns {Promise<boolean>} whether all passed; the first failure ends it
 */
async function runChecks(folder) {
  const data = join(folder, 'data');
  return (
    (await check('style (biome)', () => start('biome', ['check', '.']))) &&
    (await check('types of the server', () => start('tsc', ['--noEmit']))) &&
    (await check('types of the web client', () => start('tsc', ['--noEmit', '-p', 'web/tsconfig.json']))) &&
    (await check('dead files and exports (knip)', () => start('knip', []))) &&
    (await check('environments', () =>
      startGradeport(['serve', '--demo', '--setup-only', '--data', data]),
    )) &&
    (await runTests('tests (vitest)', join(folder, 'vitest.json'), process.argv.slice(2)))
  );
}

await runSteps(testSteps);
closeDoor();
process.exitCode = (await withTempFolder(runChecks).catch(fail)) ? 0 : 1;
