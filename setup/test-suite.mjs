// A long suite with a configuration of its own, after the same set-up as npm test: `npm run test:stores`, and others.
// `npm run test:stores -- http` runs the suites of that name. It does not repeat what npm test has just done.
import { join } from 'node:path';
import process from 'node:process';
import { runTests } from './checks.mjs';
import { fail, runSteps } from './steps.mjs';
import { withTempFolder } from './temp-folder.mjs';
import { testSteps } from './test-steps.mjs';

const TITLES = {
  compose: 'docker-compose.yml, as it is deployed',
  environments: 'every environment, and machines that are made for a test',
  stores: 'suites that open a store, on MongoDB',
};

const [name = '', ...rest] = process.argv.slice(2);
const title = Object.entries(TITLES).find(([known]) => known === name)?.[1];
if (!title) throw new Error(`suites: ${Object.keys(TITLES).join(', ')}`);

/** @param {string} folder */
const run = (folder) =>
  runTests(title, join(folder, 'vitest.json'), ['--config', `vitest.${name}.config.ts`, ...rest]);

await runSteps(testSteps);
process.exitCode = (await withTempFolder(run).catch(fail)) ? 0 : 1;
