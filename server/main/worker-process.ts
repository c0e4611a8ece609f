/**
 * A worker as a process of its own, beside an engine: takes runs from the process that started it, over the channel of
 * child processes. It has no store, no courses and no pages; it asks its host for what it needs of them.
 */
import { join } from 'node:path';
import { openEngine } from '../adapters/open-engine.ts';
import { askedStarts, installationOf, loadConfig } from '../config/config.ts';
import { createExecutor } from '../execution/execute.ts';
import { createCompiledApi } from '../execution/slots/compiled-api.ts';
import { createSlotPool } from '../execution/slots/slot-pool.ts';
import { createRunLoop } from '../worker/loop.ts';
import { joinHost } from '../worker/remote/guest.ts';
import { linkToParent } from '../worker/remote/process-link.ts';
import { createLog } from './log.ts';
import { watchAttacks, watchWeaknesses } from './watch-attacks.ts';

/** Ctrl-C at a terminal reaches this process, too, but the process that started it decides when it ends. */
process.on('SIGINT', () => {});

const cleanup = new AsyncDisposableStack();
const over = Promise.withResolvers<void>();
const log = createLog('warn');
const guest = await joinHost(linkToParent(), (err) =>
  log.error({ err }, 'a message from the server was lost'),
);
const { instance, folder, options } = guest.settings;
const config = loadConfig(options, undefined, {});
log.level = config.logLevel;
// Its counters are of no process that anyone reads; the server's log is this one's, too.
cleanup.defer(watchAttacks({ log, count: () => {}, clock: Date.now }));
cleanup.defer(watchWeaknesses(log));
const runsFolder = join(folder, 'runs');
const { containers } = cleanup.use(closing(openEngine(askedStarts(config))));
const installation = installationOf(instance);
const compiled = cleanup.use(
  closing(createCompiledApi({ containers, installation, log }, join(folder, 'compiled'))),
);
const slots = cleanup.use(
  closing(createSlotPool({ containers, installation, runsFolder, compiled }, config.pool, log, Date.now)),
);
guest.environments.onChange(() => slots.keepOnly(guest.environments.digests()));
const execute = createExecutor({
  containers,
  environments: guest.environments,
  table: config.runtimes,
  ceilings: config.ceilings,
  gpuRuns: config.gpuRuns,
  slots,
});
const loop = createRunLoop({
  ...guest,
  execute,
  containers,
  instance,
  runsFolder,
  concurrency: config.concurrency,
  log,
});
await loop.sweep();
guest.obey(loop, over.resolve);
loop.start();
await over.promise;
await cleanup.disposeAsync();
if (process.connected) process.disconnect();

function closing<T extends { close(): Promise<void> | void }>(open: T): T & AsyncDisposable {
  return Object.assign(open, { [Symbol.asyncDispose]: async () => open.close() });
}
