/**
 * Brings the history in line with the engine's images whenever they change: notes new ones, keeps those that matter when
 * their name moves on, and says who grades. Every step may happen twice, and in two processes at once.
 */

import type { Presence } from '../../model/revision.ts';
import type { Store } from '../../ports/store.ts';
import { mapAtMost } from '../../rules/turns.ts';
import type { EnvironmentImage } from '../discovery/environments-of-images.ts';
import type { Arrival, History } from './history.ts';
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
import type { RevisionOrigin } from './port.ts';
import { type Decisions, decide } from './which-revision-grades.ts';

/** broughtBack: an image has a name again that the engine did not list: it has to be listed anew. */
export type Reconciled = { images: EnvironmentImage[]; decisions: Decisions; broughtBack: boolean };
export type Reconcile = (listed: ListedImages) => Promise<Reconciled>;

/** A thousand questions at once would hold up the engine. */
const AT_ONCE = 16;

export type Origin = { by: string | null; from: RevisionOrigin };

export type ReconcileDeps = {
  store: Pick<Store, 'runs'>;
  history: History;
  keeper: ImageKeeper;
  /** Who said that they brought an image, by digest. */
  origins: ReadonlyMap<string, Origin>;
  /** Whose kept names count. */
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
      // What came back is not in this list: the next one has it, and says more.
      if (!broughtBack) {
        own = await note(deps, { engine, images: own, tags });
        // Where another process was quicker, its choice stands, and the next look sees it.
        await history.setCurrent(promotionsOf(history.state(), own));
      }
    } catch (error) {
      // A store that cannot be written to must not hide the environments: what is known of them still holds.
      failed(error);
    }
    return { images: own, decisions: decide(history.state(), own), broughtBack };
  }

  return reconcile;
}

type Lost = { revision: ReturnType<typeof lostOf>[number]; isBack: boolean };

/**
 * Images whose last name went to another image are still in the engine for a while: those that graded get ours. So do
 * those that have the name which installations shared.
 */
async function bringBack({ history, keeper }: ReconcileDeps, listed: ListedImages): Promise<Lost[]> {
  if (lostOf(history.state(), listed).length === 0) return [];
  // A command may have thrown it away just now: while another installation keeps the image, it would come back.
  // A store that cannot be read costs no image either; it is complained about when it is written to.
  const state = await history.reload().catch(history.state);
  // All of it before the first write to the store: a full disk must not cost an image.
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

/** @returns the images without those that left the engine by our doing */
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

/** Lets go of what nothing needs. What graded a stored run stays, whatever people do with its names. */
async function settle({ store, keeper }: ReconcileDeps, change: ImageChange): Promise<Settled> {
  const { revision, presence } = change;
  if (presence !== 'release' && presence !== 'gone') return { ...change, presence };
  if (presence === 'release') {
    const runs = await store.runs.count({ 'environment.digest': revision.digest });
    if (runs > 0) return { ...change, presence: 'removed' };
  }
  // A command that is about to take the same name away is not disturbed when this comes first.
  await keeper.letGo(revision);
  return { ...change, presence: 'gone' };
}

function arrivalOf({ environment }: EnvironmentImage, origins: ReconcileDeps['origins']): Arrival {
  const { name, digest, image } = environment;
  return { name, digest, image, ...(origins.get(digest) ?? { by: null, from: 'found' }) };
}
