/** Starts a worker as a child process, and answers its questions. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type HostDeps, type HostedWorker, hostWorker } from '../worker/remote/host.ts';
import { linkToChild } from '../worker/remote/process-link.ts';

const WORKER = join(import.meta.dirname, 'worker-process.ts');

export type WorkerProcess = HostedWorker & { pid: number | undefined };

export function startWorkerProcess(deps: HostDeps): WorkerProcess {
  // The child shares our log; stdout belongs to data. "advanced": answers are maps, and files are bytes.
  const child = fork(WORKER, [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  child.on('error', deps.failed);
  const hosted = hostWorker(linkToChild(child), deps);
  return {
    ...hosted,
    pid: child.pid,
    /** Settles once the process has ended. */
    async close() {
      const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : null;
      await hosted.close();
      await ended;
    },
  };
}
