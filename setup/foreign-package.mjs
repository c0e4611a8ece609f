// A package of another Debian release, unpacked without touching this machine's package lists.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { debianMirrors } from './apt.mjs';
import { run } from './run.mjs';

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * @param {string} name
 * @param {string} suite such as "trixie"
 * @param {string} folder an empty one
 * @param {import('./steps.mjs').Note} note
 * @returns {Promise<string>} the folder with its files
 */
export async function unpackPackage(name, suite, folder, note) {
  const { main } = await debianMirrors();
  if (!main) throw new Error('this machine has no Debian mirror to take it from');
  const options = { note, cwd: folder };
  const apt = aptWithOwnLists(main, suite, folder);
  await run('apt-get', [...apt, '-q', 'update'], options);
  await run('apt-get', [...apt, '-q', 'download', `${name}/${suite}`], options);
  const archive = readdirSync(folder).find((file) => file.endsWith('.deb'));
  if (!archive) throw new Error('apt-get downloaded no package');
  await run('dpkg', ['-x', archive, 'unpacked'], options);
  return join(folder, 'unpacked');
}

/**
 * Options that make apt look at one suite only, in a folder of its own.
 * @param {string} mirror
 * @param {string} suite
 * @param {string} folder
 */
function aptWithOwnLists(mirror, suite, folder) {
  const sources = join(folder, `${suite}.list`);
  writeFileSync(sources, `deb [signed-by=${KEYRING}] ${mirror} ${suite} main\n`);
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
