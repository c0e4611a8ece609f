/**
 * Takes stock of the engine's images whenever they change: notes new ones in the history, keeps those that matter when
 * their name moves on, and says who grades. Every step may happen twice, and in two processes at once.
 */

import type { StoredRevision } from '../../model/collections.ts';
import type { Images } from '../../ports/images.ts';
import type { Store } from '../../ports/store.ts';
import { GradeportError } from '../../rules/errors.ts';
import type { Announced } from '../discovery/environments-of-images.ts';
import type { History, Promotion } from './history.ts';
import type { RevisionOrigin } from './port.ts';
import { isKeptBy, keptName } from './revision-tags.ts';
import { chooseCurrent, type Decisions, decisionsFrom, type HistoryState } from './which-revision-grades.ts';

/** What there is right now. tags: every reference in the engine, also of images that are no environments. */
export type Look = { announced: Announced[]; tags: ReadonlySet<string> };
export type Judged = { announced: Announced[]; decisions: Decisions };
/** Says who grades; may ask to look again. */
export type Judge = (look: () => Promise<Look>) => Promise<Judged>;

export type Origin = { by: string | null; from: RevisionOrigin };

export type StockDeps = {
  store: Pick<Store, 'runs'>;
  images: Images;
  history: History;
  /** Who said that they brought an image, by digest. */
  origins: ReadonlyMap<string, Origin>;
  /** Whose names of ours count. */
  installation: string;
  failed(error: unknown): void;
};

const idOf = ({ environment }: Announced): string => `${environment.name}@${environment.digest}`;
const isGone = (error: unknown): boolean => error instanceof GradeportError && error.code === 'not-found';

const AT_ONCE = 16;

/** A few at a time: a thousand questions at once would hold up the engine. */
async function inBunches<T, R>(list: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < list.length; at += AT_ONCE) {
    results.push(...(await Promise.all(list.slice(at, at + AT_ONCE).map(work))));
  }
  return results;
}

/** What only another installation keeps is not here for us: it may be thrown away at any time. */
export const seenBy = (installation: string, announced: readonly Announced[]): Announced[] =>
  announced.filter(({ tags, kept }) => tags.length > 0 || kept.some((name) => isKeptBy(installation, name)));

export function createStock({ store, images, history, origins, installation, failed }: StockDeps) {
  /** Gives it our own name in the engine. @returns false when the image is not there any more */
  async function keep({ name, digest }: Pick<StoredRevision, 'name' | 'digest'>): Promise<boolean> {
    try {
      await images.tag(digest, keptName(name, digest, installation));
      return true;
    } catch (error) {
      if (isGone(error)) return false;
      throw error;
    }
  }

  /** Takes our own name away. @returns once it is gone; the image stays while it has another */
  const letGo = ({ name, digest }: Pick<StoredRevision, 'name' | 'digest'>): Promise<void> =>
    images.untag(keptName(name, digest, installation));

  const isPinned = ({ name, digest }: StoredRevision): boolean =>
    [...history.state().pins.values()].some((pin) => pin.name === name && pin.digest === digest);

  /**
   * Images whose last name went to another image are still in the engine for a while: those that graded get ours. So do
   * those that have the name which installations shared.
   * @returns whether one came back
   */
  async function bringBack({ announced, tags }: Look): Promise<boolean> {
    const there = new Set(announced.map(idOf));
    const missingOf = ({ revisions }: Pick<HistoryState, 'revisions'>) =>
      revisions.filter(({ id, presence }) => !there.has(id) && presence !== 'gone');
    if (missingOf(history.state()).length === 0) return false;
    // A command may have thrown it away just now: while another installation keeps the image, it would come back.
    // A store that cannot be read costs no image either; it is complained about below.
    const missing = missingOf(await history.reload().catch(history.state));
    // All of it before the first write to the store: a full disk must not cost an image.
    const isKept = await inBunches(missing, async (one) => {
      if (isPinned(one)) return keep(one);
      // Where nothing else has its name, people took it away, though another installation may keep the image.
      const isTaken = one.presence === 'named' && !tags.has(one.image);
      return one.promotedAt !== null && !isTaken && keep(one);
    });
    const changes = missing.map((one, index) => ({ one, presence: presenceIf(isKept[index], one) }));
    const news = changes.filter(({ one, presence }) => presence !== one.presence);
    await Promise.all(news.map(({ one, presence }) => history.change(one, { presence })));
    if (missing.length > 0) await history.reload();
    return isKept.includes(true);
  }

  /** People who took its name away did not give it back by that. */
  const presenceIf = (
    isKept: boolean | undefined,
    { presence }: StoredRevision,
  ): StoredRevision['presence'] => (isKept ? (presence === 'removed' ? 'removed' : 'moved') : 'gone');

  /** People took its name away and gave it to nothing else. What graded a stored run stays all the same. */
  async function release(revision: StoredRevision): Promise<StoredRevision['presence']> {
    const { name, digest } = revision;
    const runs = await store.runs.count({ 'environment.digest': digest });
    if (runs > 0 || isPinned(revision)) return 'removed';
    await letGo({ name, digest });
    return 'gone';
  }

  async function presenceOf(revision: StoredRevision, tags: readonly string[], look: Look) {
    if (tags.length > 0) return 'named';
    const { presence, image, name } = revision;
    if (presence === 'named') return look.tags.has(image) ? 'moved' : release(revision);
    if (presence === 'gone') {
      // A command has written that it throws it away, and is about to: this does no harm when it comes first.
      await letGo(revision);
      return 'gone';
    }
    if (presence !== 'removed') return 'moved';
    // Whoever removes an image and builds its name anew replaces it: it grades until the new one is tested.
    const isReplaced = look.announced.some(
      (one) => one.environment.name === name && one.tags.includes(image),
    );
    return isReplaced ? 'moved' : 'removed';
  }

  /** @returns whether an image left the engine by our doing */
  async function note(look: Look): Promise<boolean> {
    const known = new Map(history.state().revisions.map((one) => [one.id, one]));
    const seen = look.announced.flatMap((one) => {
      const revision = known.get(idOf(one));
      return revision ? [{ revision, tags: one.tags }] : [];
    });
    const changes = await inBunches(seen, async ({ revision, tags }) => {
      const [first = revision.image] = tags;
      const image = tags.includes(revision.image) ? revision.image : first;
      return { revision, image, presence: await presenceOf(revision, tags, look) };
    });
    const news = changes.filter(
      (one) => one.presence !== one.revision.presence || one.image !== one.revision.image,
    );
    await Promise.all(news.map(({ revision, ...change }) => history.change(revision, change)));
    const fresh = look.announced.filter(
      (one) => one.environment.runtime !== null && one.tags.length > 0 && !known.has(idOf(one)),
    );
    await history.add(fresh.map(toRevision));
    if (news.length + fresh.length > 0) await history.reload();
    return news.some(({ presence }) => presence === 'gone');
  }

  function toRevision({ environment }: Announced): StoredRevision {
    const { name, digest, image } = environment;
    const { by, from } = origins.get(digest) ?? { by: null, from: 'found' as const };
    return {
      ...{ id: `${name}@${digest}`, name, digest, image, at: history.now(), by, from },
      ...{ promotedAt: null, promotedBy: null, why: '', stage: 'staged', setAside: false },
      ...{ presence: 'named', test: null },
    };
  }

  async function choose({ announced }: Look): Promise<void> {
    const { revisions, currents } = history.state();
    const known = Map.groupBy(revisions, ({ name }) => name);
    const promotions: Promotion[] = [];
    for (const [name, images] of Map.groupBy(announced, ({ environment }) => environment.name)) {
      const seen = currents.get(name);
      const digest = chooseCurrent(known.get(name) ?? [], seen?.digest, images);
      if (typeof digest !== 'string' || digest === seen?.digest) continue;
      const why = seen
        ? 'The one before was taken out of the engine.'
        : 'It is the first image of this name.';
      promotions.push({ name, digest, by: null, why, seen });
    }
    // Where another process was quicker, its word counts, and the next look sees it.
    await history.setCurrent(promotions);
  }

  const judge: Judge = async (lookAtAll) => {
    const look = async (): Promise<Look> => {
      const { announced, tags } = await lookAtAll();
      return { announced: seenBy(installation, announced), tags };
    };
    let seen = await look();
    try {
      if (await bringBack(seen)) seen = await look();
      if (await note(seen)) seen = await look();
      await choose(seen);
    } catch (error) {
      // A store that cannot be written to must not hide the environments: what is known of them still holds.
      failed(error);
      seen = await look();
    }
    return { announced: seen.announced, decisions: decisionsFrom(history.state(), seen.announced) };
  };

  return { judge, keep, letGo };
}

export type Stock = ReturnType<typeof createStock>;
