/** The history as one engine has it: the store is shared, and what is in an engine is a fact about that engine. Pure. */
import { FIRST_ENGINE, type Pin, type Presence, type StoredRevision } from '../../model/revision.ts';

/** What the store has. */
export type StoredHistory = {
  /** In the order of their coming. */
  revisions: readonly StoredRevision[];
  /** Grading name → digest and how often it changed: the same on every engine. */
  currents: ReadonlyMap<string, { digest: string; serial: number }>;
  /** By taskKey. */
  pins: ReadonlyMap<string, Pin>;
};

export type KnownRevision = Omit<StoredRevision, 'engines'> & {
  /** null: this engine never had it. */
  presence: Presence | null;
  /** Another engine has its image, and people did not take it away there. */
  isElsewhere: boolean;
};

export type HistoryState = Omit<StoredHistory, 'revisions'> & { revisions: readonly KnownRevision[] };

/** Docker writes groups of letters with colons, or a UUID; a dot would be a path of the store's language. */
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
