// The MongoDB server for tests: a genuine one if there is one, else mongo-java-server. The tests start it themselves.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { readOr, which } from './machine.mjs';
import { ensureJavaServer, javaServerIn } from './mongo-java-server.mjs';
import { root } from './project.mjs';
import { hint } from './steps.mjs';

const CACHE = join(root, 'node_modules/.cache/gradeport-mongo');
const ENGINE_ANSWERS_MS = 10_000;

/**
 * @typedef {{ kind: 'given', url: string }
 *   | { kind: 'mongod', program: string }
 *   | { kind: 'image', image: string }
 *   | { kind: 'java', folder: string }} MongoSource Where the server for tests comes from.
 */

/** @type {import('./steps.mjs').Step} */
export const mongoServerStep = { title: 'MongoDB server for tests', run: (note) => ensureMongoServer(note) };

/**
 * A server that can be used as it is; nothing is installed for it.
 * @returns {MongoSource | undefined}
 */
export function mongoSource({ cache = CACHE, find = which } = {}) {
  const url = process.env['GRADEPORT_TEST_MONGODB'];
  if (url) return { kind: 'given', url };
  const program = find('mongod');
  if (program) return { kind: 'mongod', program };
  const image = localImage(find('docker'));
  if (image) return { kind: 'image', image };
  const folder = javaServerIn(cache);
  return folder === undefined ? undefined : { kind: 'java', folder };
}

/**
 * A mongo image that the engine already has.
 * @param {string | undefined} client
 */
function localImage(client) {
  if (!client) return undefined;
  const format = '{{.Repository}}:{{.Tag}}';
  const options = /** @type {const} */ ({ encoding: 'utf8', timeout: ENGINE_ANSWERS_MS });
  const { stdout } = spawnSync(client, ['image', 'ls', '--format', format, 'mongo'], options);
  return (stdout ?? '').split('\n').find((name) => name.startsWith('mongo:') && !name.endsWith(':<none>'));
}

/** @param {string} cache */
const reasonFile = (cache) => join(cache, 'none.txt');

/** @returns {string} why the last set-up made no server; empty when there was none, or it succeeded */
export const whyNoMongoServer = (cache = CACHE) => readOr(reasonFile(cache)).trim();

/**
 * Makes sure that there is a server. Without one the other tests can still run, so a failure is only reported.
 * @param {import('./steps.mjs').Note} note
 */
export async function ensureMongoServer(note, { cache = CACHE, find = which } = {}) {
  rmSync(reasonFile(cache), { force: true });
  if (mongoSource({ cache, find })) return false;
  try {
    await ensureJavaServer(cache, note, find);
    return true;
  } catch (error) {
    const why = `the MongoDB suites are skipped: ${firstLine(error)}`;
    mkdirSync(cache, { recursive: true });
    writeFileSync(reasonFile(cache), `${why}\n`);
    hint(why);
    return false;
  }
}

/** @param {unknown} error */
const firstLine = (error) => (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
