/** The worker's side of the channel, beside an engine: the ports of its loop, which ask the host. */
import { z } from 'zod';
import type { Environment, TaskName } from '../../environments/discovery/environment.ts';
import { findEnvironment } from '../../environments/discovery/environments-of-images.ts';
import type { Placing } from '../../environments/discovery/placement.ts';
import type { Publish } from '../../model/run-events.ts';
import type { Queue, RunHandler } from '../../ports/queue.ts';
import type { RunLoop } from '../loop.ts';
import type { RunSource } from '../run-source.ts';
import type { EngineNews } from '../until-engine-answers.ts';
import {
  claimedSchema,
  environmentsSchema,
  runIdSchema,
  settingsSchema,
  type WorkerSettings,
  workSchema,
} from './messages.ts';
import { createPeer, type Link } from './peer.ts';
import { remoteTerminals, type Terminals } from './terminals.ts';

export type Guest = {
  settings: WorkerSettings;
  queue: Pick<Queue, 'consume' | 'close'>;
  source: RunSource;
  environments: EngineNews & Placing['environments'] & { digests(): Set<string> };
  publish: Publish;
  terminals: Terminals;
  /** Lets the host stop runs and the worker. closed: called once the worker has given back its runs. */
  obey(loop: Pick<RunLoop, 'stop' | 'stopNext' | 'close'>, closed: () => void): void;
};

/** @param failed called with the error of a message that could not be handled */
export async function joinHost(link: Link, failed: (error: unknown) => void): Promise<Guest> {
  let handle: RunHandler | null = null;
  let loop: Pick<RunLoop, 'stop' | 'stopNext' | 'close'> | null = null;
  let closed = () => {};
  const active = new Set<Promise<void>>();
  const seen = createSeenEnvironments();
  const terminals = remoteTerminals(() => host);
  const host = createPeer(
    link,
    {
      handle(given) {
        const runId = runIdSchema.parse(given);
        const turn = { park: () => host.tell('park', runId), again: () => host.tell('again', runId) };
        const work = handle?.(runId, turn) ?? Promise.resolve();
        const settled = work.catch(() => {}).finally(() => active.delete(settled));
        active.add(settled);
        return work;
      },
      stop: (given) => loop?.stop(runIdSchema.parse(given)) ?? null,
      stopNext: (given) => loop?.stopNext(runIdSchema.parse(given)),
      environments: (given) => seen.replace(given),
      async close() {
        await loop?.close();
        // After the answer is on its way.
        setImmediate(closed);
      },
      ...terminals.handlers,
    },
    failed,
  );

  const source: RunSource = {
    claim: async (runId) => claimedSchema.parse(await host.ask('claim', runId)),
    async load(run) {
      const { pinned, ...work } = workSchema.parse(await host.ask('load', run.id));
      seen.pin(work.task, pinned);
      return work;
    },
    finish: async (run, ending) => z.boolean().parse(await host.ask('finish', { runId: run.id, ending })),
    giveBack: async (run, failures) => void (await host.ask('giveBack', { runId: run.id, failures })),
    needsEngine: async (runId) => z.boolean().parse(await host.ask('needsEngine', runId)),
  };

  const { environments, ...settings } = settingsSchema.parse(await host.ask('settings'));
  seen.replace(environments);
  return {
    settings,
    source,
    environments: seen,
    queue: {
      consume(given, concurrency) {
        handle = given;
        host.tell('consume', concurrency);
      },
      close: async () => void (await Promise.all(active)),
    },
    publish: (runId, event) => host.tell('event', { runId, event }),
    terminals,
    obey(given, whenClosed) {
      loop = given;
      closed = whenClosed;
      // Without a host no verdict can be delivered.
      link.onEnd(() => void given.close().finally(whenClosed));
    },
  };
}

/** The environments that the host last reported. */
function createSeenEnvironments() {
  let now = environmentsSchema.parse({ ok: false, list: [], runtimes: [] });
  /** Course and task → what its environment's name led to when its last run was loaded: it may be pinned. */
  const pins = new Map<string, Environment>();
  const listeners = new Set<() => void>();
  const keyOf = ({ course, id }: TaskName): string => JSON.stringify([course, id]);

  return {
    replace(given: unknown): void {
      now = environmentsSchema.parse(given);
      for (const listener of listeners) listener();
    },
    pin(task: TaskName, environment: Environment | null): void {
      if (environment) pins.set(keyOf(task), environment);
      else pins.delete(keyOf(task));
    },
    find(name: string, task?: TaskName): Environment | null {
      const pinned = task && pins.get(keyOf(task));
      if (pinned && (pinned.name === name || pinned.aliases.includes(name))) return pinned;
      return findEnvironment(now.list, name);
    },
    engine: () => ({ ok: now.ok }),
    runtimes: () => now.runtimes,
    /** The digests of all revisions that may grade. */
    digests: () => new Set([...now.list, ...pins.values()].map(({ digest }) => digest)),
    onChange(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
