/** The history as seen on one engine: engines share the store, but each has its own images. Pure. */
import { FIRST_ENGINE, type Pin, type Presence, type StoredRevision } from '../../../model/revision.ts';

/** The history in the store. */
export type StoredHistory = {
  /** In the order in which they came. */
  revisions: readonly StoredRevision[];
  /** Grading name → digest and how often it changed: the same on every engine. */
  currents: ReadonlyMap<string, { digest: string; serial: number }>;
  /** The pins by taskKey. */
  pins: ReadonlyMap<string, Pin>;
};

export type KnownRevision = Omit<StoredRevision, 'engines'> & {
  /** null: this engine never had it. */
  presence: Presence | null;
  /** Another engine has the image, and people have not removed it there. */
  isElsewhere: boolean;
};

export type HistoryState = Omit<StoredHistory, 'revisions'> & { revisions: readonly KnownRevision[] };

/** Docker's ids are groups of letters with colons, or UUIDs; a dot would be a path in the store's queries. */
export const engineKey = (id: string): string => id.replace(/[^\w:-]/g, '_') || 'engine';

const HERE: ReadonlySet<Presence> = new Set(['named', 'moved']);

/** @param engine an engineKey; null: no engine has answered yet */
export function onEngine(engine: string | null, { revisions, ...rest }: StoredHistory): HistoryState {
  return { ...rest, revisions: revisions.map((one) => revisionOn(engine, one)) };
}

function revisionOn(engine: string | null, { engines, ...revision }: StoredRevision): KnownRevision {
  const own = engine === null ? undefined : (engines[engine] ?? engines[FIRST_ENGINE]);
  const others = Object.entries(engines).filter(([key]) => key !== engine && key !== FIRST_ENGINE);
  return {
    ...revision,
    image: own?.image ?? revision.image,
    presence: own?.presence ?? null,
    isElsewhere: others.some(([, { presence }]) => HERE.has(presence)),
  };
}
