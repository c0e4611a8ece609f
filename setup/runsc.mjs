// gVisor's runsc, the runtime under which students may be root.
//
// Debian 12's own package (20221219) fails at `ls` in current images, Debian 13's works: a single static
// binary, taken out of its package without touching this machine's package lists.
import { chmodSync, copyFileSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { debianMirrors } from './apt.mjs';
import { which } from './machine.mjs';
import { run } from './run.mjs';
import { hint } from './steps.mjs';
import { withTempFolder } from './temp-folder.mjs';

const TARGET = '/usr/local/bin/runsc';
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** @param {import('./steps.mjs').Note} note */
export async function ensureRunsc(note) {
  if (which('runsc')) return;
  try {
    const { main } = await debianMirrors();
    if (!main) throw new Error('this machine has no Debian mirror to take it from');
    await withTempFolder((folder) => installFrom(main, folder, note));
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).split('\n').at(-1)?.trim();
    hint(`gVisor (runsc) could not be installed: ${reason}`);
    hint('everything else works; environments where students are root stay unavailable until it is there');
  }
}

/**
 * @param {string} mirror
 * @param {string} folder
 * @param {import('./steps.mjs').Note} note
 */
async function installFrom(mirror, folder, note) {
  note('gVisor from Debian 13');
  const options = { note, cwd: folder };
  const apt = aptWithOwnLists(mirror, folder);
  await run('apt-get', [...apt, '-q', 'update'], options);
  await run('apt-get', [...apt, '-q', 'download', 'runsc/trixie'], options);
  const archive = readdirSync(folder).find((name) => name.endsWith('.deb'));
  if (!archive) throw new Error('apt-get downloaded no package');
  await run('dpkg', ['-x', archive, 'unpacked'], options);
  const binary = join(folder, 'unpacked/usr/bin/runsc');
  await run(binary, ['--version'], options);
  copyFileSync(binary, `${TARGET}.new`);
  chmodSync(`${TARGET}.new`, 0o755);
  renameSync(`${TARGET}.new`, TARGET);
}

/**
 * Options that make apt look at trixie only, in a folder of its own.
 * @param {string} mirror
 * @param {string} folder
 */
function aptWithOwnLists(mirror, folder) {
  const sources = join(folder, 'trixie.list');
  writeFileSync(sources, `deb [signed-by=${KEYRING}] ${mirror} trixie main\n`);
  const lists = join(folder, 'lists');
  mkdirSync(join(lists, 'partial'), { recursive: true });
  const settings = [
    `Dir::Etc::sourcelist=${sources}`,
    'Dir::Etc::sourceparts=-',
    `Dir::State::lists=${lists}`,
    `Dir::Cache=${folder}`,
    'APT::Sandbox::User=root', // the folder is readable for root only
    'Acquire::Languages=none',
  ];
  return settings.flatMap((setting) => ['-o', setting]);
}
