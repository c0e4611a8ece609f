// npm run test:user: the tests of containers as a user who may reach the engine, and how many of them such a user can run.
//
// The user, with a clone of the last commit at home, exists for this run alone. Arguments go to vitest; without any, these
// are the tests in test/containers.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { exitCode, root } from '../../setup/project.mjs';
import { run } from '../../setup/run.mjs';
import { fail, SetupError } from '../../setup/steps.mjs';
import { withTempFolder } from '../../setup/temp-folder.mjs';
import { addUser, asUser } from '../support/user/account.mjs';
import { countOf, isEnough, said } from '../support/user/count.mjs';

const wanted = process.argv.slice(2).length > 0 ? process.argv.slice(2) : ['test/containers'];
const PROJECT = ['--project', 'real'];

/** What root would run here. --no-static-parse: some tests are made by functions. @param {string} folder */
async function listOf(folder) {
  const file = join(folder, 'list.json');
  const options = ['list', '--no-static-parse', `--json=${file}`, ...PROJECT, ...wanted];
  await run(join(root, 'node_modules/.bin/vitest'), options, { cwd: root });
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** @param {string} folder */
async function test(folder) {
  if (process.getuid?.() !== 0)
    throw new SetupError('only root can add a user; without root, npm test is that test', 'npm test');
  const list = await listOf(folder);
  console.log(`Root runs ${list.length} tests. A user, with a clone of the last commit, runs them now.`);
  const user = await addUser();
  const report = join(user.home, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const vitest = [
    join(user.checkout, 'node_modules/.bin/vitest'),
    'run',
    ...PROJECT,
    ...reporters,
    ...wanted,
  ];
  const [program = '', ...args] = asUser(user, vitest);
  await exitCode(spawn(program, args, { cwd: user.checkout, stdio: ['ignore', 'inherit', 'inherit'] }));
  const count = countOf(list, JSON.parse(readFileSync(report, 'utf8')), { listed: root, ran: user.checkout });
  console.log(`\n${said(count)}`);
  return isEnough(count) ? 0 : 1;
}

process.exitCode = (await withTempFolder(test).catch(fail)) ?? 1;
