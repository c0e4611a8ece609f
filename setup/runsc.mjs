// gVisor's runsc, the runtime under which students may be root.
//
// Debian 12's own package (20221219) fails at `ls` in current images, Debian 13's works: a single static
// binary, taken out of its package without touching this machine's package lists.
import { chmodSync, copyFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { unpackPackage } from './foreign-package.mjs';
import { which } from './machine.mjs';
import { run } from './run.mjs';
import { hint } from './steps.mjs';
import { withTempFolder } from './temp-folder.mjs';

const TARGET = '/usr/local/bin/runsc';

/** @param {import('./steps.mjs').Note} note */
export async function ensureRunsc(note) {
  if (which('runsc')) return;
  try {
    await withTempFolder((folder) => installInto(folder, note));
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).split('\n').at(-1)?.trim();
    hint(`gVisor (runsc) could not be installed: ${reason}`);
    hint('everything else works; environments where students are root stay unavailable until it is there');
  }
}

/**
 * @param {string} folder
 * @param {import('./steps.mjs').Note} note
 */
async function installInto(folder, note) {
  note('gVisor from Debian 13');
  const binary = join(await unpackPackage('runsc', 'trixie', folder, note), 'usr/bin/runsc');
  await run(binary, ['--version'], { note });
  copyFileSync(binary, `${TARGET}.new`);
  chmodSync(`${TARGET}.new`, 0o755);
  renameSync(`${TARGET}.new`, TARGET);
}
