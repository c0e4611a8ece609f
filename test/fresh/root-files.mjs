// The files of a Debian 12 on which nothing of Gradeport ever ran, made from packages, with the last commit in it.
import { cpSync, existsSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { reachingTheMirror, sources } from '../../setup/debian-tar.mjs';
import { root as project } from '../../setup/project.mjs';
import { run } from '../../setup/run.mjs';
import { within } from './cgroups.mjs';
import { atEnd, must } from './undo.mjs';

const SUITE = 'bookworm';
/** git is how people get Gradeport; whatever else it needs, its set-up has to bring. */
const PACKAGES = ['ca-certificates', 'git'];
export const CHECKOUT = '/root/gradeport';

/** @returns {string} the path of the files to be made; not in /tmp, which may be memory, and an engine's layers lie there */
export function openRootFolder() {
  const folder = mkdtempSync('/var/tmp/gradeport-fresh-');
  atEnd(() => must(`rm -rf --one-file-system ${folder}`));
  return join(folder, 'root');
}

/**
 * @param {string} root
 * @param {import('./cgroups.mjs').Tree[]} trees
 * @param {import('../../setup/steps.mjs').Note} note
 */
export async function makeRootFiles(root, trees, note) {
  const args = [
    '--mode=root',
    '--variant=important',
    `--include=${PACKAGES.join(',')}`,
    ...(await reachingTheMirror()).map((setting) => `--aptopt=${setting}`),
    ...[SUITE, root],
    ...(await sources()),
  ];
  // What it mounts goes with it, should it be killed.
  const alone = ['unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
  await run(...within(trees, [...alone, 'mmdebstrap', ...args]), { note, next: 'apt-get update' });
  return true;
}

/**
 * Debian 12's own Node is too old, so this machine's comes along, with its npm and the settings of both for the way to
 * their registry. It must run on Debian 12's libraries.
 * @param {string} root
 */
export async function copyNode(root) {
  const { npm_node_execpath: node = '', npm_execpath: npm = '' } = process.env;
  const modules = join(root, 'usr/local/lib/node_modules');
  mkdirSync(modules, { recursive: true });
  cpSync(node, join(root, 'usr/local/bin/node'), { dereference: true });
  cpSync(dirname(dirname(npm)), join(modules, 'npm'), { recursive: true });
  for (const name of ['npm', 'npx'])
    symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, join(root, 'usr/local/bin', name));
  const settings = async (/** @type {string} */ which) => (await run('npm', ['config', 'get', which])).trim();
  copyIfThere(await settings('userconfig'), join(root, 'root/.npmrc'));
  copyIfThere(await settings('globalconfig'), join(root, 'usr/local/etc/npmrc'));
  return true;
}

/** Names of servers, and whose certificates are trusted. @param {string} root */
export function copyWayOut(root) {
  for (const path of ['/etc/resolv.conf', '/etc/ssl/certs/ca-certificates.crt'])
    copyIfThere(path, root + path);
  // Java takes certificates from a store of its own, which Debian makes from these.
  const own = '/usr/local/share/ca-certificates';
  if (existsSync(own)) cpSync(own, root + own, { recursive: true, dereference: true });
  writeFileSync(join(root, 'etc/hosts'), '127.0.0.1 localhost fresh\n::1 localhost\n');
}

/** The last commit, as a person gets it. @param {string} root */
export async function copyCheckout(root) {
  // --depth: over a link to the folder git would ignore it.
  await run('git', ['clone', '--quiet', '--depth=1', `file://${project}`, root + CHECKOUT]);
  return true;
}

/**
 * @param {string} from
 * @param {string} to
 */
function copyIfThere(from, to) {
  if (!existsSync(from)) return;
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { dereference: true });
}
