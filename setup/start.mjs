// npm start: whatever is missing is set up, then Gradeport serves.
import process from 'node:process';
import { baseImageStep } from './base-image.mjs';
import { dependenciesStep } from './dependencies.mjs';
import { engineStep } from './engine.mjs';
import { exitCode, startGradeport } from './project.mjs';
import { fail, runSteps } from './steps.mjs';

await runSteps([dependenciesStep, engineStep, baseImageStep]);

const server = startGradeport(['serve', '--demo', ...process.argv.slice(2)]);
// Ctrl-C reaches the server by itself as well; it takes the two as one.
for (const signal of /** @type {NodeJS.Signals[]} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => server.kill(signal));
}
process.exitCode = await exitCode(server).catch(fail);
