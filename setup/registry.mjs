// The registry for the tests that push and pull: Debian's own package. The tests start it themselves, on loopback.
import { existsSync } from 'node:fs';
import process from 'node:process';
import { installPackages } from './apt.mjs';
import { canInstall } from './machine.mjs';
import { SetupError } from './steps.mjs';

const PATH = process.env['DOCKER_REGISTRY'] || '/usr/bin/docker-registry';

/** @type {import('./steps.mjs').Step} */
export const registryStep = { title: 'Registry', run: ensureRegistry };

/** @param {import('./steps.mjs').Note} note */
export async function ensureRegistry(note) {
  if (existsSync(PATH)) return false;
  const next = 'DOCKER_REGISTRY=/path/to/registry npm test';
  if (process.env['DOCKER_REGISTRY'])
    throw new SetupError(`DOCKER_REGISTRY names ${PATH}, which is not there`, 'unset DOCKER_REGISTRY');
  if (!canInstall()) throw new SetupError(`the tests of pull and push need ${PATH}`, next);
  await installPackages(['docker-registry'], note);
  if (existsSync(PATH)) return true;
  throw new SetupError(`the docker-registry package did not install ${PATH}`, next);
}
