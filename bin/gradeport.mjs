#!/usr/bin/env node
// Runs the CLI on the Node that this project pins, whatever node the machine has.
import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
// On Windows node_modules/.bin has a script for the shell in its place.
const pinned = `${root}node_modules/${process.platform === 'win32' ? 'node/bin/node.exe' : '.bin/node'}`;
const neededMajor = 24;

const [, , noun, verb, file] = process.argv;
if (noun === 'env' && verb === 'import' && file && !existsSync(`${root}node_modules`)) {
  // A machine without a network: the packages may be in the file.
  const { unpackPackages } = await import('../setup/offline-packages.mjs');
  const { fail } = await import('../setup/steps.mjs');
  await unpackPackages(file).catch(fail);
}

if (!existsSync(`${root}node_modules`)) {
  console.error(
    `gradeport needs its packages: run "npm ci" in ${root} first. Without a network: node bin/gradeport.mjs env import <file>.`,
  );
  process.exitCode = 5;
} else if (Number(process.versions.node.split('.')[0]) >= neededMajor) {
  keepCompiled(`${root}node_modules`);
  await import('../server/cli/main.ts');
} else if (existsSync(pinned)) {
  const self = fileURLToPath(import.meta.url);
  const child = spawn(pinned, [self, ...process.argv.slice(2)], { stdio: 'inherit' });
  // A terminal sends Ctrl-C to both processes; the CLI counts a repeat within a second as one.
  /** @type {NodeJS.Signals[]} */
  const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of forwarded) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => process.exit(code ?? 1));
} else {
  console.error(
    `gradeport needs Node ${neededMajor}: run "npm ci" in ${root} first; it installs the right one.`,
  );
  process.exitCode = 5;
}

/**
 * A command starts in half of the time where its modules are compiled already. Only the owner of the packages keeps
 * compiled ones: others would leave files there that the owner cannot remove.
 * @param {string} packages
 */
function keepCompiled(packages) {
  if (statSync(packages).uid === (process.getuid?.() ?? 0))
    module.enableCompileCache(`${packages}/.cache/gradeport-compiled`);
}
