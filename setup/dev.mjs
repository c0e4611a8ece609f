// npm run dev: npm start for development. The server restarts when one of its files changes; it reads views, and builds
// scripts and styles, without a restart.
import process from 'node:process';
import { baseImageStep } from './base-image.mjs';
import { dependenciesStep } from './dependencies.mjs';
import { engineStep } from './engine.mjs';
import { closeDoor } from './engine-api.mjs';
import { exitCode, STOP_SIGNALS, startGradeport } from './project.mjs';
import { fail, runSteps } from './steps.mjs';
import { onceSourceChanges } from './watch-sources.mjs';

await runSteps([dependenciesStep, engineStep, baseImageStep]);
closeDoor();

const given = process.argv.slice(2);
const prepared = startGradeport(['serve', '--demo', '--setup-only', ...given]);
let stop = () => void prepared.kill('SIGTERM');
let isStopped = false;
for (const signal of STOP_SIGNALS) {
  process.on(signal, () => {
    isStopped = true;
    stop();
  });
}
process.exitCode = await exitCode(prepared).catch(fail);
if (process.exitCode !== 0) isStopped = true;
while (!isStopped) process.exitCode = await serveUntilChange();

/** @returns {Promise<number | undefined>} the exit code of the server that ended */
async function serveUntilChange() {
  const server = startGradeport(['serve', '--dev', ...given]);
  const ended = exitCode(server).catch(fail);
  /** @type {Promise<string | null>} */
  const change = new Promise((resolve) => {
    const stopWatching = onceSourceChanges(resolve);
    stop = () => {
      stopWatching();
      resolve(null);
    };
  });
  void Promise.race([change, ended.then(() => 'end')]).then((first) => {
    if (first === 'end' && !isStopped)
      console.error('The server has ended. It starts again at the next change.');
  });
  const file = await change;
  if (file !== null) console.error(`\n${file} has changed: restarting.`);
  server.kill('SIGTERM');
  return ended;
}
