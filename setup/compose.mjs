// Both kinds of Compose for the tests: version 1 is Debian 12's package, version 2 a single program out of Debian sid's.
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { installPackages } from './apt.mjs';
import { unpackPackage } from './foreign-package.mjs';
import { canInstall, osRelease, readOr, which } from './machine.mjs';
import { root } from './project.mjs';
import { hint } from './steps.mjs';
import { withTempFolder } from './temp-folder.mjs';

const CACHE = join(root, 'node_modules/.cache/gradeport-compose');
const SECOND = join(CACHE, 'docker-compose');
const REASON = join(CACHE, 'none.txt');
const ANSWERS_MS = 20_000;

/** @typedef {{ name: string, program: string, args: string[], major: number }} Compose */

/** @type {import('./steps.mjs').Step} */
export const composeStep = { title: 'Compose', run: ensureCompose };

/**
 * Tests of compose are skipped where there is none, so a failure is only reported.
 * @param {import('./steps.mjs').Note} note
 */
async function ensureCompose(note) {
  const before = composeCommands();
  rmSync(REASON, { force: true });
  try {
    if (!has(1) && canInstall() && osRelease()['VERSION_CODENAME'] === 'bookworm')
      await installPackages(['docker-compose'], note);
    if (!has(2)) await withTempFolder((folder) => fetchSecond(folder, note));
  } catch (error) {
    const line = (error instanceof Error ? error.message : String(error)).split('\n')[0];
    mkdirSync(CACHE, { recursive: true });
    writeFileSync(REASON, `${line}\n`);
    hint(`not every kind of Compose is here: ${line}`);
  }
  return composeCommands().length > before.length;
}

/** @param {number} major */
const has = (major) => composeCommands().some((compose) => compose.major === major);

/** Why a kind is missing; empty when set-up does not know. */
export const whyNoCompose = () => readOr(REASON).trim();

/**
 * What answers here, one of each kind.
 * @returns {Compose[]}
 */
export function composeCommands() {
  const found = [which('docker-compose'), existsSync(SECOND) ? SECOND : undefined]
    .filter((program) => program !== undefined)
    .map((program) => ask(program, []));
  const docker = which('docker');
  if (docker) found.push(ask(docker, ['compose']));
  const answering = found.filter((compose) => compose !== null);
  return answering.filter(({ major }, at) => answering.findIndex((one) => one.major === major) === at);
}

/**
 * @param {string} program
 * @param {string[]} args
 * @returns {Compose | null}
 */
function ask(program, args) {
  const options = /** @type {const} */ ({ encoding: 'utf8', timeout: ANSWERS_MS });
  const { stdout } = spawnSync(program, [...args, 'version', '--short'], options);
  const version = (stdout ?? '').trim().replace(/^v/, '');
  const major = Number(version.split('.')[0]);
  return version && Number.isInteger(major) ? { name: `Compose ${version}`, program, args, major } : null;
}

/**
 * @param {string} folder
 * @param {import('./steps.mjs').Note} note
 */
async function fetchSecond(folder, note) {
  note('Docker Compose 2 from Debian sid');
  const unpacked = await unpackPackage('docker-compose', 'sid', folder, note);
  mkdirSync(dirname(SECOND), { recursive: true });
  copyFileSync(join(unpacked, 'usr/libexec/docker/cli-plugins/docker-compose'), `${SECOND}.new`);
  chmodSync(`${SECOND}.new`, 0o755);
  renameSync(`${SECOND}.new`, SECOND);
}
