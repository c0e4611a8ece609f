// One ssh process: from its start until the script on the far side has said which sockets are there.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { sshArguments } from './ssh-command.mjs';

/** @typedef {import('../parse-place.mjs').SshPlace} SshPlace */

/**
 * @typedef {object} SshProcess
 * @property {{ may: string[], denied: string[] }} sockets on the far side
 * @property {Promise<void>} ended
 * @property {() => void} end
 */

/** The login needs a second; a person may have to touch a key for it. */
const READY_MS = 60_000;
const MOST_WORDS = 4000;
const MOST_LINES = 100_000;

/** ssh ended, or did not get ready. Its message is what ssh said. */
class SshFailed extends Error {}

/**
 * @param {SshPlace} place
 * @param {string} local
 * @param {string} remote
 * @returns {Promise<SshProcess>}
 */
export function startSsh(place, local, remote) {
  const mark = `gradeport-${randomBytes(8).toString('hex')}`;
  // detached: Ctrl-C reaches only the process that still needs the engine to remove its containers.
  const child = spawn('ssh', sshArguments(place, local, remote, mark), { detached: true, stdio: 'pipe' });
  let words = '';
  let said = '';
  child.stderr.on('data', (chunk) => {
    words = (words + String(chunk)).slice(-MOST_WORDS);
  });
  // ssh may be gone before its input is closed.
  child.stdin.on('error', () => {});
  /** @type {Promise<void>} */
  const ended = new Promise((resolve) => {
    child.once('close', () => resolve());
    child.once('error', (error) => {
      words = error.message;
      resolve();
    });
  });
  const end = () => void child.kill('SIGTERM');
  return new Promise((resolve, reject) => {
    const fail = () => {
      clearTimeout(late);
      end();
      reject(new SshFailed(words.trim()));
    };
    const late = setTimeout(fail, READY_MS);
    void ended.then(fail);
    child.stdout.on('data', (chunk) => {
      said += String(chunk);
      if (said.length > MOST_LINES) return fail();
      if (!said.includes(`${mark} ready\n`)) return;
      clearTimeout(late);
      // From now on ssh does not keep this process alive; it ends when this process does.
      child.unref();
      for (const stream of [child.stdin, child.stdout, child.stderr]) release(stream);
      child.stdout.removeAllListeners('data').resume();
      resolve({ sockets: socketsIn(said, mark), ended, end });
    });
  });
}

/** @param {object} stream */
function release(stream) {
  if ('unref' in stream && typeof stream.unref === 'function') stream.unref();
}

/**
 * @param {string} said
 * @param {string} mark
 */
function socketsIn(said, mark) {
  const lines = said.split('\n');
  const of = (/** @type {string} */ word) =>
    lines.filter((line) => line.startsWith(`${mark} ${word} /`)).map((line) => line.split(' ')[2] ?? '');
  return { may: of('may'), denied: of('denied') };
}
