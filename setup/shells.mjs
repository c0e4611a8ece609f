// The shells whose completion is tested by running them; bash is always there. Tests of missing shells are skipped.
import { installPackages } from './apt.mjs';
import { canInstall, which } from './machine.mjs';

const SHELLS = ['zsh', 'fish'];

/** @type {import('./steps.mjs').Step} */
export const shellsStep = { title: 'Shells (zsh, fish)', run: ensureShells };

/** @param {import('./steps.mjs').Note} note */
async function ensureShells(note) {
  const missing = SHELLS.filter((shell) => !which(shell));
  if (missing.length === 0) return false;
  if (!canInstall()) {
    note(`not there: ${missing.join(', ')}`);
    return false;
  }
  await installPackages(missing, note);
  return true;
}
