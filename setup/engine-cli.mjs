// npm run engine -- start|stop|status
import process from 'node:process';
import { ourDaemon, stopDaemon } from './daemon.mjs';
import { addRuntimes, engineStep } from './engine.mjs';
import { engineAddress, isDefaultAddress, runtimes, whyNot } from './engine-api.mjs';
import { fail, runSteps } from './steps.mjs';

async function start() {
  await runSteps([engineStep, { title: 'Runtimes crun and runsc (gVisor)', run: addRuntimes }]);
}

async function stop() {
  const stopped = await stopDaemon();
  console.log(stopped ? 'stopped' : 'nothing to stop: no engine that set-up started is running');
}

async function status() {
  const why = await whyNot();
  if (why !== null) {
    console.log(`${why.message}\n  next: ${why.next}`);
    process.exitCode = 1;
    return;
  }
  const pid = isDefaultAddress() ? ourDaemon() : undefined;
  console.log(`an engine answers on ${engineAddress()}${pid ? `, started by set-up (pid ${pid})` : ''}`);
  console.log(`runtimes: ${(await runtimes()).join(', ')}`);
}

const commands = new Map(Object.entries({ start, stop, status }));
const command = commands.get(process.argv[2] ?? '');
if (command) await command().catch(fail);
else {
  console.error('usage: npm run engine -- start|stop|status');
  process.exitCode = 2;
}
