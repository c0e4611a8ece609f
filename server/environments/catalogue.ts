/** The environments of this machine's engine, live: listed at start, listed again whenever images change. */
import type { Engine } from '../ports/engine.ts';
import { coalesce } from './coalesce.ts';
import type {
  Aliases,
  EngineState,
  Environment,
  EnvironmentCatalogue,
  TaskName,
} from './discovery/environment.ts';
import { announcedBy, findEnvironment, listAnnounced } from './discovery/environments-of-images.ts';
import type { RuntimeTable } from './discovery/runtimes.ts';
import type { ShippedEnvironment } from './discovery/shipped.ts';
import { suggestEnvironment } from './discovery/suggest.ts';
import type { Judge, Judged } from './revisions/reconcile-images.ts';
import { NO_HISTORY } from './revisions/which-revision-grades.ts';

/** A build sends a burst of events; one listing after it is enough. */
const DEBOUNCE_MS = 50;

/** Where nobody keeps a history, the newest image of a name grades. */
const newestGrades: Judge = async (look) => ({ announced: (await look()).announced, decisions: NO_HISTORY });

/** One listing, for commands that need no live view. Fails with "unreachable". */
export async function readEnvironments(
  engine: Pick<Engine, 'containers' | 'images'>,
  table: RuntimeTable,
  aliases: Aliases = {},
  judge: Judge = newestGrades,
): Promise<Listing> {
  let runtimes: string[] = [];
  let engineName = '';
  const judged = await judge(async () => {
    const [images, info] = await Promise.all([engine.images.list(), engine.containers.info()]);
    runtimes = info.runtimes;
    engineName = info.name;
    const tags = new Set(images.flatMap((image) => image.tags));
    return { announced: announcedBy(images, runtimes, table), tags };
  });
  const list = listAnnounced(judged.announced, aliases, judged.decisions);
  return { list, engineName, runtimes, ...lookups(list, judged) };
}

type Lookups = Pick<EnvironmentCatalogue, 'find'> & {
  /** An image by its digest, as if it were the only one of its name; null: it is not here. */
  revision(digest: string): Environment | null;
  /** Whether a task keeps its revision, whatever becomes current. */
  isPinned(task: TaskName): boolean;
  /** Of the images that can grade something now: current ones, and those of pins. */
  digests(): Set<string>;
};
export type Listing = { list: Environment[]; engineName: string; runtimes: string[] } & Lookups;

function lookups(list: readonly Environment[], { announced, decisions }: Judged): Lookups {
  const byDigest = new Map(announced.map(({ environment }) => [environment.digest, environment]));
  return {
    find(name, task) {
      const found = findEnvironment(list, name);
      if (found === null || task === undefined) return found;
      const pin = decisions.pinOf(task);
      if (pin === null || pin.name !== found.name) return found;
      return byDigest.get(pin.digest) ?? withoutImage(found, task);
    },
    revision: (digest) => byDigest.get(digest) ?? null,
    isPinned: (task) => decisions.pinOf(task) !== null,
    digests() {
      const current = list.filter(({ runtime }) => runtime !== null).map(({ digest }) => digest);
      return new Set([...current, ...decisions.pinned()]);
    },
  };
}

/** A pin whose image is lost grades nothing: another revision might give another grade. */
function withoutImage(found: Environment, { course, id }: TaskName): Environment {
  const way = `bring the image back, or take the pin away: gradeport env unpin ${course}/${id}`;
  const reason = `Task "${course}/${id}" is pinned to a revision that is not in the engine any more; ${way}`;
  return { ...found, runtime: null, available: false, reason };
}

const NOTHING_FOUND: Lookups = {
  find: () => null,
  revision: () => null,
  isPinned: () => false,
  digests: () => new Set(),
};

/** The catalogue with what only the rooms that look after images need. */
export type LiveCatalogue = EnvironmentCatalogue &
  Pick<Lookups, 'revision' | 'isPinned' | 'digests'> & {
    /** Looks again now; settles when the list is as new as this call. */
    refresh(): Promise<void>;
  };

export async function openEnvironments(
  engine: Pick<Engine, 'containers' | 'images'>,
  table: RuntimeTable,
  aliases: Aliases = {},
  shipped: readonly ShippedEnvironment[] = [],
  judge: Judge = newestGrades,
): Promise<LiveCatalogue> {
  let current: Environment[] = [];
  let runtimes: string[] = [];
  let found: Lookups = NOTHING_FOUND;
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
  const refresh = coalesce(async () => {
    if (closed) return;
    try {
      const listing = await readEnvironments(engine, table, aliases, judge);
      if (closed) return;
      runtimes = listing.runtimes;
      found = listing;
      replace(listing.list, { ok: true, sentence: `${listing.engineName} answers.` });
    } catch (error) {
      const sentence = error instanceof Error ? error.message : String(error);
      if (closed) return;
      const list = withoutEngine(current);
      found = { ...found, find: (name) => findEnvironment(list, name) };
      replace(list, { ok: false, sentence });
    }
  });
  const stopWatching = engine.images.watch({
    changed: () => {
      clearTimeout(timer);
      timer = setTimeout(() => void refresh(), DEBOUNCE_MS);
    },
    lost: () => void refresh(),
  });
  await refresh();

  return {
    list: () => current,
    find: (name, task) => found.find(name, task),
    revision: (digest) => found.revision(digest),
    isPinned: (task) => found.isPinned(task),
    digests: () => found.digests(),
    suggest: (name) => suggestEnvironment(name, current, shipped)?.sentence ?? null,
    engine: () => state,
    runtimes: () => runtimes,
    refresh,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      stopWatching();
      await refresh();
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
