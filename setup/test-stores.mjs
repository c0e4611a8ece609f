// npm run test:stores: the suites that open a store, on MongoDB. It does not run them on SQLite: npm test has just done
// that. `npm run test:stores -- http` runs the suites of that name.
import { join } from 'node:path';
import process from 'node:process';
import { runTests } from './checks.mjs';
import { fail, runSteps } from './steps.mjs';
import { withTempFolder } from './temp-folder.mjs';
import { testSteps } from './test-steps.mjs';

const CONFIG = ['--config', 'vitest.stores.config.ts'];

/** @param {string} folder */
const run = (folder) => runTests('suites that open a store, on MongoDB', join(folder, 'vitest.json'), CONFIG);

await runSteps(testSteps);
process.exitCode = (await withTempFolder(run).catch(fail)) ? 0 : 1;
