/** The environments of this machine's engine, live: listed at start, listed again whenever images change. */
import type { Engine } from '../engine/port.ts';
import { findEnvironment, listEnvironments } from './announced.ts';
import type { Aliases, EngineState, Environment, EnvironmentCatalogue } from './environment.ts';
import type { RuntimeTable } from './runtimes.ts';
import type { ShippedEnvironment } from './shipped.ts';
import { suggestEnvironment } from './suggest.ts';

/** A build sends a burst of events; one listing after it is enough. */
const DEBOUNCE_MS = 50;

/** One listing, for commands that need no live view. Fails with "unreachable". */
export async function readEnvironments(
  engine: Engine,
  table: RuntimeTable,
  aliases: Aliases = {},
): Promise<Listing> {
  const [images, { name, runtimes }] = await Promise.all([engine.images(), engine.info()]);
  return { list: listEnvironments(images, runtimes, table, aliases), engineName: name, runtimes };
}

export type Listing = { list: Environment[]; engineName: string; runtimes: string[] };

export async function openEnvironments(
  engine: Engine,
  table: RuntimeTable,
  aliases: Aliases = {},
  shipped: readonly ShippedEnvironment[] = [],
): Promise<EnvironmentCatalogue> {
  let current: Environment[] = [];
  let runtimes: string[] = [];
  let state: EngineState = { ok: false, sentence: 'Looking for the container engine.' };
  const listeners = new Set<() => void>();
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const replace = (list: Environment[], next: EngineState) => {
    const changed = JSON.stringify([list, next]) !== JSON.stringify([current, state]);
    current = list;
    state = next;
    if (changed) for (const listener of listeners) listener();
  };
  const relist = async () => {
    try {
      const listing = await readEnvironments(engine, table, aliases);
      if (closed) return;
      runtimes = listing.runtimes;
      replace(listing.list, { ok: true, sentence: `${listing.engineName} answers.` });
    } catch (error) {
      const sentence = error instanceof Error ? error.message : String(error);
      if (!closed) replace(withoutEngine(current), { ok: false, sentence });
    }
  };
  const stopWatching = engine.watchImages({
    changed: () => {
      clearTimeout(timer);
      timer = setTimeout(() => void relist(), DEBOUNCE_MS);
    },
    lost: () => void relist(),
  });
  await relist();

  return {
    list: () => current,
    find: (name) => findEnvironment(current, name),
    suggest: (name) => suggestEnvironment(name, current, shipped)?.sentence ?? null,
    engine: () => state,
    runtimes: () => runtimes,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      stopWatching();
    },
  };
}

/** What was known stays visible while the engine is away, but nothing of it can grade. */
function withoutEngine(list: readonly Environment[]): Environment[] {
  return list.map((environment) => ({
    ...environment,
    available: false,
    reason: 'The container engine does not answer; runs wait until it is back.',
  }));
}
