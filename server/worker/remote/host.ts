/** The host's side of the channel, with queue, store and courses: it does what the worker asks for. */
import { z } from 'zod';
import type { EnvironmentCatalogue } from '../../environments/discovery/environment.ts';
import type { Run } from '../../model/collections.ts';
import type { Publish } from '../../model/run-events.ts';
import type { RunCommands } from '../../ports/engine/run-commands.ts';
import type { Queue, Turn } from '../../ports/queue.ts';
import { GradeportError } from '../../rules/errors.ts';
import type { RunSource } from '../run-source.ts';
import {
  type EnvironmentsSeen,
  eventSchema,
  finishSchema,
  giveBackSchema,
  runIdSchema,
  stoppedSchema,
  type WorkerSettings,
} from './messages.ts';
import { createPeer, type Handlers, type Link } from './peer.ts';
import { hostedTerminals, type Terminals } from './terminals.ts';

export type HostDeps = {
  queue: Pick<Queue, 'consume'>;
  source: RunSource;
  environments: Pick<EnvironmentCatalogue, 'list' | 'find' | 'runtimes' | 'engine' | 'onChange'>;
  publish: Publish;
  terminals: Terminals;
  settings: WorkerSettings;
  /** Requeues a run whose worker has ended. */
  workerDied(runId: string): Promise<void>;
  failed(error: unknown): void;
};

export type HostedWorker = RunCommands & {
  /** Settles once the worker takes runs. */
  started: Promise<void>;
  isRunning(runId: string): boolean;
  /** The worker takes no new runs, and gives back those that it has. */
  close(): Promise<void>;
};

export function hostWorker(link: Link, deps: HostDeps): HostedWorker {
  const { queue, environments } = deps;
  const turns = new Map<string, Turn>();
  const claims = createClaims(deps);
  const started = Promise.withResolvers<void>();
  const terminals = hostedTerminals(() => worker, deps.terminals);
  const worker = createPeer(link, { ...handlers(), ...claims.handlers, ...terminals.handlers }, deps.failed);
  const stopTelling = environments.onChange(() => worker.tell('environments', seenIn(environments)));
  link.onEnd(() => {
    stopTelling();
    started.reject(new GradeportError('unreachable', 'The worker ended before it took runs.'));
  });
  // If nothing waits for the start, its failure must not be an unhandled rejection.
  started.promise.catch(() => {});

  async function handle(runId: string, turn: Turn): Promise<void> {
    turns.set(runId, turn);
    try {
      await worker.ask('handle', runId);
    } catch (error) {
      if (worker.isGone()) await deps.workerDied(runId);
      throw error;
    } finally {
      turns.delete(runId);
      claims.forget(runId);
    }
  }

  function handlers(): Handlers {
    return {
      settings: () => ({ ...deps.settings, environments: seenIn(environments) }),
      consume(given) {
        queue.consume(handle, z.int().min(1).parse(given));
        started.resolve();
      },
      park: ofRun((runId) => turns.get(runId)?.park()),
      again: ofRun((runId) => turns.get(runId)?.again()),
      needsEngine: ofRun(deps.source.needsEngine),
      event(given) {
        const { runId, event } = eventSchema.parse(given);
        deps.publish(runId, event);
      },
    };
  }

  return {
    started: started.promise,
    isRunning: (runId) => turns.has(runId),
    stop: async (runId) => (worker.isGone() ? null : stoppedSchema.parse(await worker.ask('stop', runId))),
    async stopNext(runId) {
      if (!worker.isGone()) await worker.ask('stopNext', runId);
    },
    async close() {
      if (!worker.isGone()) await worker.ask('close').catch(unlessGone);
    },
  };
}

/** The runs that the worker has: it may not end any other. */
function createClaims({ source, environments }: Pick<HostDeps, 'source' | 'environments'>) {
  const claimed = new Map<string, Run>();

  function runOf(runId: string): Run {
    const run = claimed.get(runId);
    if (!run) throw new GradeportError('conflict', `The worker has not claimed the run ${runId}.`);
    return run;
  }

  async function claim(runId: string): Promise<Run | null> {
    const run = await source.claim(runId);
    if (run) claimed.set(runId, run);
    return run;
  }

  async function load(runId: string) {
    const work = await source.load(runOf(runId));
    const { environment } = work.task;
    return { ...work, pinned: environment === null ? null : environments.find(environment, work.task) };
  }

  const handlers: Handlers = {
    claim: ofRun(claim),
    load: ofRun(load),
    finish(given) {
      const { runId, ending } = finishSchema.parse(given);
      return source.finish(runOf(runId), ending);
    },
    giveBack(given) {
      const { runId, failures } = giveBackSchema.parse(given);
      return source.giveBack(runOf(runId), failures);
    },
  };
  return { handlers, forget: (runId: string): boolean => claimed.delete(runId) };
}

const ofRun = (work: (runId: string) => unknown) => (given: unknown) => work(runIdSchema.parse(given));

const seenIn = (environments: HostDeps['environments']): EnvironmentsSeen => ({
  ok: environments.engine().ok,
  list: environments.list(),
  runtimes: [...environments.runtimes()],
});

function unlessGone(error: unknown): void {
  if (!(error instanceof GradeportError) || error.code !== 'unreachable') throw error;
}
