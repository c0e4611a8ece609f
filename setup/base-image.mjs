// The image that every environment is built on: Debian 12, pulled, or made from packages if no registry is reachable.
import { createReadStream, statSync } from 'node:fs';
import { join } from 'node:path';
import { makeDebianTar } from './debian-tar.mjs';
import { ask } from './engine-api.mjs';
import { SetupError } from './steps.mjs';
import { withTempFolder } from './temp-folder.mjs';

const REPOSITORY = 'gradeport/debian';
const TAG = '12';
const PULLED = { repository: 'debian', tag: 'bookworm-slim' };
const FIRST_PROGRESS_MS = 20_000;
const IMPORT_MS = 300_000;

/** @type {import('./steps.mjs').Step} */
export const baseImageStep = { title: 'Base image', run: ensureBaseImage };

/** @param {import('./steps.mjs').Note} note */
async function ensureBaseImage(note) {
  if (await exists()) return false;
  if (!(await pull(note))) await withTempFolder((folder) => build(folder, note));
  if (!(await exists())) {
    throw new SetupError(`the engine does not show ${REPOSITORY}:${TAG} after it was made`, 'npm start');
  }
  return true;
}

const exists = async () => (await ask(`/images/${REPOSITORY}:${TAG}/json`)).status === 200;

/**
 * @param {import('./steps.mjs').Note} note
 * @returns {Promise<boolean>} false when no registry gives it
 */
async function pull(note) {
  const { repository, tag } = PULLED;
  note(`asking the registry for ${repository}:${tag}`);
  const onLine = (/** @type {string} */ line) => note(`pulling: ${describe(line)}`);
  try {
    const path = `/images/create?fromImage=${repository}&tag=${tag}`;
    const { status, text } = await ask(path, { method: 'POST', firstMs: FIRST_PROGRESS_MS, onLine });
    if (status !== 200 || errorIn(text)) return false;
    const target = new URLSearchParams({ repo: REPOSITORY, tag: TAG });
    return (await ask(`/images/${repository}:${tag}/tag?${target}`, { method: 'POST' })).status === 201;
  } catch {
    return false; // not reachable: the image is made from packages
  }
}

/**
 * @param {string} folder
 * @param {import('./steps.mjs').Note} note
 */
async function build(folder, note) {
  const tar = join(folder, 'debian.tar');
  await makeDebianTar(tar, folder, note);
  const size = statSync(tar).size;
  let sent = 0;
  const body = createReadStream(tar);
  body.on('data', (chunk) => {
    sent += chunk.length;
    note(`importing ${Math.round((100 * sent) / size)} %`);
  });
  const query = new URLSearchParams({ fromSrc: '-', repo: REPOSITORY, tag: TAG, changes: 'CMD ["bash"]' });
  const path = `/images/create?${query}`;
  const { status, text } = await ask(path, { method: 'POST', body, firstMs: IMPORT_MS });
  const error = status === 200 ? errorIn(text) : text;
  if (error) throw new SetupError(`the engine did not take the base image: ${error}`, 'npm start');
}

/** @param {string} line one JSON line of the engine's progress */
function describe(line) {
  const { status = '', progress = '' } = parse(line);
  return `${status} ${progress}`;
}

/** @param {string} text all lines of the engine's progress */
function errorIn(text) {
  const lines = text.split('\n').map(parse);
  return lines.find((line) => line.error)?.error;
}

/**
 * @param {string} line
 * @returns {{ status?: string, progress?: string, error?: string }}
 */
function parse(line) {
  try {
    return JSON.parse(line);
  } catch {
    return {};
  }
}
