// Takes away what this program made, the last first, however it ends: also on Ctrl-C, and when a step fails.
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { SetupError } from '../../setup/steps.mjs';

/** @type {(() => void)[]} */
const undos = [];

/** @param {() => void} undo written beside what it undoes; synchronous, because it runs while the process ends */
export const atEnd = (undo) => void undos.push(undo);

process.on('exit', () => {
  for (const undo of undos.reverse()) {
    try {
      undo();
    } catch (error) {
      console.error(`left behind: ${error instanceof Error ? error.message : error}`);
    }
  }
});
// Without a handler a signal ends the process without its exit event.
process.on('SIGINT', () => process.exit(130));
process.on('SIGTERM', () => process.exit(143));
process.on('SIGHUP', () => process.exit(129));

/** @param {string} line a command, none of whose words has a space in it */
export function must(line) {
  const [command = '', ...args] = line.split(' ');
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new SetupError(`"${line}" failed: ${error?.message ?? stderr.trim()}`, line);
}
