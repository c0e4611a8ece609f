// The folder of the socket that ssh opens on this machine: only this user may enter it.
import { lstatSync, mkdtempSync, readdirSync, rmdirSync, rmSync, unlinkSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

const PREFIX = 'gradeport-ssh-';
const NAME = 'engine.sock';
/** unix(7), and ssh adds 17 characters while it binds. */
const LONGEST = 107 - 17;

/** A temporary folder with a short path: that of the process may be too long for a socket. */
function parent() {
  const wanted = [process.env['XDG_RUNTIME_DIR'], tmpdir(), '/tmp'];
  const room = (/** @type {string} */ folder) =>
    Buffer.byteLength(join(folder, `${PREFIX}XXXXXX`, NAME)) <= LONGEST;
  return wanted.find((folder) => folder?.startsWith('/') && room(folder)) ?? '/tmp';
}

/** @returns {{ path: string, remove(): void }} */
export function makeSocketFolder() {
  const folder = mkdtempSync(join(usable(), PREFIX));
  const remove = () => {
    process.off('exit', remove);
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', remove);
  return { path: join(folder, NAME), remove };
}

function usable() {
  const folder = parent();
  try {
    removeLeftovers(folder);
    return folder;
  } catch {
    return '/tmp'; // XDG_RUNTIME_DIR may name a folder of a session that is over
  }
}

/**
 * After a kill -9 a folder is left. Its socket refuses connections: its ssh ended with the process.
 * @param {string} folder
 */
function removeLeftovers(folder) {
  for (const name of readdirSync(folder).filter((entry) => entry.startsWith(PREFIX))) {
    const left = net.connect({ path: join(folder, name, NAME) });
    left.once('connect', () => left.destroy());
    left.once('error', (error) => {
      const refused = 'code' in error && error.code === 'ECONNREFUSED';
      if (refused) removeOwn(join(folder, name));
    });
    left.unref();
  }
}

/**
 * Other users may make a folder of such a name, and change what is in theirs at any time: only one that no other user
 * can enter is emptied. Ours holds sockets and no folder.
 * @param {string} folder
 */
function removeOwn(folder) {
  const info = lstatSync(folder, { throwIfNoEntry: false });
  const uid = process.getuid?.() ?? info?.uid;
  if (!info?.isDirectory() || info.uid !== uid || (info.mode & 0o077) !== 0) return;
  try {
    for (const name of readdirSync(folder)) unlinkSync(join(folder, name));
    rmdirSync(folder);
  } catch {
    // Not as we leave it: it stays.
  }
}
