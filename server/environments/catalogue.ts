/** The environments of this machine's engine, live: listed at start, listed again whenever images change. */
import type { Engine } from '../ports/engine/engine.ts';
import { GradeportError } from '../rules/errors.ts';
import { machineState } from '../rules/machine-state.ts';
import { coalesced } from '../rules/turns.ts';
import type {
  Aliases,
  EngineState,
  Environment,
  EnvironmentCatalogue,
  TaskName,
} from './discovery/environment.ts';
import { environmentsOf, findEnvironment } from './discovery/environments-of-images.ts';
import { listEnvironments } from './discovery/list-environments.ts';
import type { RuntimeTable } from './discovery/runtimes.ts';
import type { ShippedEnvironment } from './discovery/shipped.ts';
import { suggestEnvironment } from './discovery/suggest.ts';
import type { ImagesHere } from './revisions/images/images-here.ts';
import type { Reconcile, Reconciled } from './revisions/images/reconcile-images.ts';
import { NO_HISTORY } from './revisions/which-revision-grades.ts';

/** A build sends a burst of events; one listing after it is enough. */
const DEBOUNCE_MS = 50;

/** How soon an engine that gave no list is asked again, although it may report no change until then. */
const AGAIN_MS = 2000;

/** Without a history the newest image of a name grades. */
const newestGrades: Reconcile = async ({ images }) => ({
  images: [...images],
  decisions: NO_HISTORY,
  broughtBack: false,
});

/** One look at the engine, for commands that need no live view. Fails with "unreachable". */
export async function readEnvironments(
  engine: Pick<Engine, 'containers' | 'images'>,
  table: RuntimeTable,
  aliases: Aliases = {},
  reconcile: Reconcile = newestGrades,
): Promise<Listing> {
  let listed = await listImages(engine, table);
  let known = await reconcile(listed);
  if (known.broughtBack) {
    listed = await listImages(engine, table);
    known = await reconcile(listed);
  }
  const list = listEnvironments(known.images, aliases, known.decisions);
  return { list, engineName: listed.engineName, runtimes: listed.runtimes, ...lookups(list, known) };
}

async function listImages(from: Pick<Engine, 'containers' | 'images'>, table: RuntimeTable) {
  const [all, { id: engine, runtimes, name: engineName }] = await Promise.all([
    from.images.list(),
    from.containers.info(),
  ]);
  const images = environmentsOf(all, runtimes, table);
  return { engine, images, tags: new Set(all.flatMap(({ tags }) => tags)), runtimes, engineName };
}

type Lookups = Omit<ImagesHere, 'refresh'> & {
  /** Whether the task is pinned: it keeps its revision when another one becomes current. */
  isPinned(task: TaskName): boolean;
  /** The images that can grade now: current ones, and pinned ones. */
  digests(): Set<string>;
};
export type Listing = { list: Environment[]; engineName: string; runtimes: string[] } & Lookups;

function lookups(list: readonly Environment[], { images, decisions }: Reconciled): Lookups {
  const byDigest = new Map(images.map(({ environment }) => [environment.digest, environment]));
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
  const way = `restore the image, or remove the pin: gradeport env unpin ${course}/${id}`;
  const reason = `Task "${course}/${id}" is pinned to a revision that is not in the engine any more; ${way}`;
  return { ...found, runtime: null, available: false, reason };
}

const NOTHING_FOUND: Lookups = {
  find: () => null,
  revision: () => null,
  isPinned: () => false,
  digests: () => new Set(),
};

/** The catalogue with the extra functions that only the rooms that manage images need. */
export type LiveCatalogue = EnvironmentCatalogue & ImagesHere & Pick<Lookups, 'isPinned' | 'digests'>;

export async function openEnvironments(
  engine: Pick<Engine, 'containers' | 'images'>,
  table: RuntimeTable,
  aliases: Aliases = {},
  shipped: readonly ShippedEnvironment[] = [],
  reconcile: Reconcile = newestGrades,
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
  const refresh = coalesced(async () => {
    if (closed) return;
    try {
      const listing = await readEnvironments(engine, table, aliases, reconcile);
      if (closed) return;
      runtimes = listing.runtimes;
      found = listing;
      replace(listing.list, { ok: true, sentence: `${listing.engineName} answers.` });
    } catch (error) {
      if (closed) return;
      const sentence = engineSentence(error);
      const list = withoutEngine(current);
      found = { ...found, find: (name) => findEnvironment(list, name) };
      replace(list, { ok: false, sentence });
      refreshIn(AGAIN_MS);
    }
  });
  function refreshIn(ms: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => void refresh(), ms).unref();
  }
  const stopWatching = engine.images.watch({
    changed: () => refreshIn(DEBOUNCE_MS),
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

/** What an engine says itself may hold paths: only a sentence of Gradeport's is shown. */
const engineSentence = (error: unknown): string =>
  error instanceof GradeportError
    ? error.message
    : (machineState(error) ?? 'The container engine does not list its images.');

/** While the engine is away, the last list stays visible, but none of it can grade. */
function withoutEngine(list: readonly Environment[]): Environment[] {
  return list.map((environment) => ({
    ...environment,
    available: false,
    reason: 'The container engine does not answer; runs wait until it is back.',
  }));
}
