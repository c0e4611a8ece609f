// npm start: sets up whatever is missing, then starts the server.
import process from 'node:process';
import { baseImageStep } from './base-image.mjs';
import { serverDependenciesStep } from './dependencies.mjs';
import { engineStep } from './engine.mjs';
import { closeDoor } from './engine-api.mjs';
import { exitCode, STOP_SIGNALS, startGradeport } from './project.mjs';
import { fail, runSteps } from './steps.mjs';

await runSteps([serverDependenciesStep, engineStep, baseImageStep]);
closeDoor();

const server = startGradeport(['serve', '--demo', ...process.argv.slice(2)]);
for (const signal of STOP_SIGNALS) process.on(signal, () => server.kill(signal));
process.exitCode = await exitCode(server).catch(fail);
