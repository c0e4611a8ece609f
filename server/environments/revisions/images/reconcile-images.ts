/**
 * Aligns the history with the engine's images whenever they change: records new ones, keeps needed ones when their name
 * moves on, and decides which revision grades. Every step may happen twice, and in two processes at once.
 */

import type { Presence } from '../../../model/revision.ts';
import type { Store } from '../../../ports/store.ts';
import { mapAtMost } from '../../../rules/turns.ts';
import type { EnvironmentImage } from '../../discovery/environments-of-images.ts';
import type { Arrival, History } from '../history.ts';
import type { RevisionOrigin } from '../port.ts';
import { type Decisions, decide } from '../which-revision-grades.ts';
import {
  changesOf,
  type ImageChange,
  isBroughtBack,
  isNews,
  type ListedImages,
  lostOf,
  newImagesOf,
  ownImages,
  presenceOfLost,
  promotionsOf,
} from './image-changes.ts';
import type { ImageKeeper } from './image-keeper.ts';

/** broughtBack: an unlisted image got a kept name, so the images must be listed again. */
export type Reconciled = { images: EnvironmentImage[]; decisions: Decisions; broughtBack: boolean };
export type Reconcile = (listed: ListedImages) => Promise<Reconciled>;

/** A thousand requests at once would block the engine. */
const AT_ONCE = 16;

export type Origin = { by: string | null; from: RevisionOrigin };

export type ReconcileDeps = {
  store: Pick<Store, 'runs'>;
  history: History;
  keeper: ImageKeeper;
  /** Announced imports, by digest. */
  origins: ReadonlyMap<string, Origin>;
  /** The installation whose kept names count. */
  installation: string;
  failed(error: unknown): void;
};

export function createReconcile(deps: ReconcileDeps): Reconcile {
  const { history, installation, failed } = deps;

  async function reconcile({ engine, images, tags }: ListedImages): Promise<Reconciled> {
    let own = ownImages(installation, images);
    let broughtBack = false;
    try {
      await history.useEngine(engine);
      const lost = await bringBack(deps, { engine, images: own, tags });
      broughtBack = lost.some(({ isBack }) => isBack);
      await noteLost(history, lost);
      // An image that came back is missing in this list; the next listing has it, and decides better.
      if (!broughtBack) {
        own = await note(deps, { engine, images: own, tags });
        // If another process was quicker, its choice stands, and the next listing sees it.
        await history.setCurrent(promotionsOf(history.state(), own));
      }
    } catch (error) {
      // A store that cannot be written to must not hide the environments: their known state still holds.
      failed(error);
    }
    return { images: own, decisions: decide(history.state(), own), broughtBack };
  }

  return reconcile;
}

type Lost = { revision: ReturnType<typeof lostOf>[number]; isBack: boolean };

/**
 * Images whose last name went to another image stay in the engine for a while: those that graded get a kept name. So do
 * images that have the name which installations shared in older versions.
 */
async function bringBack({ history, keeper }: ReconcileDeps, listed: ListedImages): Promise<Lost[]> {
  if (lostOf(history.state(), listed).length === 0) return [];
  // Reloaded because a command may just have removed the image: while another installation keeps it, it would come back.
  // If the store cannot be read, the cached state serves; the first write then reports the fault.
  const state = await history.reload().catch(history.state);
  // All images are kept before the first write to the store: a full disk must not lose an image.
  return mapAtMost(AT_ONCE, lostOf(state, listed), async (revision) => ({
    revision,
    isBack: isBroughtBack(state, revision, listed.tags) && (await keeper.keep(revision)),
  }));
}

async function noteLost(history: History, lost: readonly Lost[]): Promise<void> {
  const news = lost
    .map(({ revision, isBack }) => ({ revision, presence: presenceOfLost(revision.presence, isBack) }))
    .filter(({ revision, presence }) => presence !== revision.presence);
  await Promise.all(
    news.map(({ revision, presence }) => history.noteOnEngine(revision, { presence, image: revision.image })),
  );
  if (lost.length > 0) await history.reload();
}

/** @returns the images without those that this call removed from the engine */
async function note(deps: ReconcileDeps, listed: ListedImages): Promise<EnvironmentImage[]> {
  const { history, origins } = deps;
  const state = history.state();
  const changes = await mapAtMost(AT_ONCE, changesOf(state, listed), (change) => settle(deps, change));
  const news = changes.filter(isNews);
  await Promise.all(
    news.map(({ revision, image, presence }) => history.noteOnEngine(revision, { image, presence })),
  );
  const fresh = newImagesOf(state, listed);
  await history.add(fresh.map((one) => arrivalOf(one, origins)));
  if (news.length + fresh.length > 0) await history.reload();
  const gone = new Set(changes.flatMap(({ revision, presence }) => (presence === 'gone' ? revision.id : [])));
  return listed.images.filter(({ environment: { name, digest } }) => !gone.has(`${name}@${digest}`));
}

type Settled = ImageChange & { presence: Presence };

/** Releases images that are not needed. An image that graded a stored run stays, even when people remove its names. */
async function settle({ store, keeper }: ReconcileDeps, change: ImageChange): Promise<Settled> {
  const { revision, presence } = change;
  if (presence !== 'release' && presence !== 'gone') return { ...change, presence };
  if (presence === 'release') {
    const runs = await store.runs.count({ 'environment.digest': revision.digest });
    if (runs > 0) return { ...change, presence: 'removed' };
  }
  // A command that is about to remove the same name does not mind when this comes first.
  await keeper.letGo(revision);
  return { ...change, presence: 'gone' };
}

function arrivalOf({ environment }: EnvironmentImage, origins: ReconcileDeps['origins']): Arrival {
  const { name, digest, image } = environment;
  return { name, digest, image, ...(origins.get(digest) ?? { by: null, from: 'found' }) };
}
