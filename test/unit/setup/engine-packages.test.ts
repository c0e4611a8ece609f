/** What the set-up installs so that `docker` is there, on the os-release of each machine. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandLinePackages } from '../../../setup/engine.mjs';
import { osRelease } from '../../../setup/machine.mjs';

test.each([
  ['debian-12', []],
  ['debian-13', ['docker-cli']],
  ['debian-sid', ['docker-cli']],
  ['ubuntu-24.04', []],
])('on %s the engine’s command line needs %j beside docker.io', (machine, packages) => {
  const text = readFileSync(join(import.meta.dirname, 'recorded', `os-release-${machine}`), 'utf8');
  expect(commandLinePackages(osRelease(text))).toEqual(packages);
});
