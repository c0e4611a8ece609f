// The browser for the tests that look at pages, with a font that makes screenshots readable.
import { existsSync } from 'node:fs';
import process from 'node:process';
import { installPackages } from './apt.mjs';
import { canInstall } from './machine.mjs';
import { hint, SetupError } from './steps.mjs';

const PATH = process.env['CHROMIUM'] || '/usr/bin/chromium';

/** Why the browser tests are skipped; undefined: they are not. */
export const whyNoChromium = () =>
  existsSync(PATH) ? undefined : `the browser tests are skipped, because there is no ${PATH}`;

/** @type {import('./steps.mjs').Step} */
export const chromiumStep = { title: 'Chromium', run: ensureChromium };

/** @param {import('./steps.mjs').Note} note */
async function ensureChromium(note) {
  if (existsSync(PATH)) return false;
  if (process.env['CHROMIUM'])
    throw new SetupError(`CHROMIUM names ${PATH}, which is not there`, 'unset CHROMIUM');
  if (!canInstall()) {
    hint(`${whyNoChromium()}: CHROMIUM=/path/to/chromium npm test`);
    return false;
  }
  await installPackages(['chromium', 'fonts-dejavu-core'], note);
  if (existsSync(PATH)) return true;
  // Ubuntu's package of this name only leads to a snap.
  throw new SetupError(`the chromium package did not install ${PATH}`, 'CHROMIUM=/path/to/chromium npm test');
}
