// The packages of Gradeport out of a file that "gradeport env export --packages" wrote: for a checkout on a machine
// without a network. It runs on any Node 20, before there is a package.
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { root } from './project.mjs';
import { run } from './run.mjs';
import { SetupError } from './steps.mjs';
import { withTempFolder } from './temp-folder.mjs';

const [HEADER, PACKAGES, PARTS] = ['offline.json', 'packages.tar.gz', 'parts.json'];

/**
 * @typedef {{ gradeport: string, packages: { platform: string, arch: string, lock: string } | null }} Header
 * @typedef {{ name: string, sha256: string }} Part
 */

/**
 * Nothing is done where packages are installed already.
 * @param {string} file
 * @param {string} [into] the checkout
 */
export async function unpackPackages(file, into = root) {
  if (existsSync(join(into, 'node_modules'))) return false;
  const from = resolve(file);
  if (!existsSync(from)) throw new SetupError(`there is no file ${from}`, 'name the file that was exported');
  // In the checkout, so that the last step is one rename.
  await withTempFolder((folder) => unpack(from, folder, into), into);
  return true;
}

/**
 * @param {string} file
 * @param {string} folder
 * @param {string} into
 */
async function unpack(file, folder, into) {
  const next =
    'gradeport env export --all --packages <file>   (on a machine with a network, of the same version)';
  await run('tar', ['-xf', file, '-C', folder, HEADER, PACKAGES, PARTS]).catch(() => {
    throw new SetupError(`${file} has no packages of Gradeport in it`, next);
  });
  const fault = faultOf(JSON.parse(readFileSync(join(folder, HEADER), 'utf8')), into);
  if (fault) throw new SetupError(`${file} ${fault}`, next);
  /** @type {Part[]} */
  const parts = JSON.parse(readFileSync(join(folder, PARTS), 'utf8'));
  const listed = parts.find(({ name }) => name === PACKAGES)?.sha256;
  if (listed !== (await hashOf(join(folder, PACKAGES))))
    throw new SetupError(`the packages in ${file} were changed or are damaged`, next);
  const unpacked = join(folder, 'unpacked');
  mkdirSync(unpacked);
  await run('tar', ['-xzf', join(folder, PACKAGES), '-C', unpacked]);
  renameSync(join(unpacked, 'node_modules'), join(into, 'node_modules'));
}

/**
 * @param {Header} header
 * @param {string} into
 */
function faultOf({ gradeport, packages }, into) {
  if (!packages) return 'has no packages of Gradeport in it';
  const { platform, arch, lock } = packages;
  if (platform !== process.platform || arch !== process.arch)
    return `has packages for ${platform} on ${arch}; this machine is ${process.platform} on ${process.arch}`;
  const own = createHash('sha256')
    .update(readFileSync(join(into, 'package-lock.json')))
    .digest('hex');
  return lock === own ? null : `has the packages of another version of Gradeport (${gradeport})`;
}

/** @param {string} path */
async function hashOf(path) {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}
