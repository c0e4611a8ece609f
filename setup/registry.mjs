// The registry for the tests that push and pull: Debian's own package. The tests start it themselves, on loopback.
import { existsSync } from 'node:fs';
import process from 'node:process';
import { installPackages } from './apt.mjs';
import { canInstall } from './machine.mjs';
import { hint, SetupError } from './steps.mjs';

const PATH = process.env['DOCKER_REGISTRY'] || '/usr/bin/docker-registry';

/** Why the tests of pull and push are skipped; undefined: they are not. */
export const whyNoRegistry = () =>
  existsSync(PATH) ? undefined : `the tests of pull and push are skipped, because there is no ${PATH}`;

/** @type {import('./steps.mjs').Step} */
export const registryStep = { title: 'Registry', run: ensureRegistry };

/** @param {import('./steps.mjs').Note} note */
export async function ensureRegistry(note) {
  if (existsSync(PATH)) return false;
  if (process.env['DOCKER_REGISTRY'])
    throw new SetupError(`DOCKER_REGISTRY names ${PATH}, which is not there`, 'unset DOCKER_REGISTRY');
  const next = 'DOCKER_REGISTRY=/path/to/registry npm test';
  if (!canInstall()) {
    hint(`${whyNoRegistry()}: ${next}`);
    return false;
  }
  await installPackages(['docker-registry'], note);
  if (existsSync(PATH)) return true;
  throw new SetupError(`the docker-registry package did not install ${PATH}`, next);
}
