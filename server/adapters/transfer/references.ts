/** Which documents name which others, and the blobs that submissions name: uploads, and the task as it was. */
import type { CollectionName, Documents, Submission } from '../../model/collections.ts';
import type { Doc } from './source.ts';

type Pair = { id: string; key: string };
export type Dangling = { collection: CollectionName; id: string; to: CollectionName; key: string };

/** Which collection names which, in the order of the findings. */
const NAMED: readonly { from: CollectionName; to: CollectionName }[] = [
  { from: 'runs', to: 'submissions' },
  { from: 'gradeReturns', to: 'submissions' },
  { from: 'sessions', to: 'users' },
  { from: 'ltiLaunches', to: 'users' },
  { from: 'currents', to: 'revisions' },
  { from: 'pins', to: 'revisions' },
];
/** Only the ids of these are remembered: no document names one of another collection. */
const TARGETS = new Set<CollectionName>(['submissions', 'users', 'revisions']);

/** @returns null: a document of this collection names none */
function namedBy(name: CollectionName, doc: Doc): string | null {
  const one = doc as Partial<Documents['runs'] & Documents['sessions'] & Documents['pins']> & { id: string };
  if (name === 'runs' || name === 'gradeReturns') return one.submission ?? null;
  if (name === 'sessions' || name === 'ltiLaunches') return one.userId ?? null;
  if (name === 'currents') return `${one.id}@${one.digest}`;
  if (name === 'pins') return `${one.name}@${one.digest}`;
  return null;
}

export function blobsOf(name: CollectionName, doc: Doc): string[] {
  if (name !== 'submissions') return [];
  const { answers, bundles } = doc as Submission;
  const uploads = Object.values(answers).flatMap((answer) =>
    typeof answer === 'object' && 'blob' in answer ? [answer.blob] : [],
  );
  return [...uploads, ...[bundles?.task, bundles?.common].filter((key) => typeof key === 'string')];
}

export type References = {
  add(name: CollectionName, doc: Doc): void;
  /** Keys of blobs that submissions name. */
  blobs: ReadonlySet<string>;
  /** Documents that name what is not there; a submission names "its runs", of which one must be there. */
  dangling(): Dangling[];
};

/** Remembers ids only. */
export function createReferences(): References {
  const pairs = new Map<CollectionName, Pair[]>(NAMED.map(({ from }) => [from, []]));
  const ids = new Map<CollectionName, Set<string>>([...TARGETS].map((name) => [name, new Set()]));
  const blobs = new Set<string>();

  function dangling(): Dangling[] {
    const found: Dangling[] = [];
    const submitted = new Set((pairs.get('runs') ?? []).map(({ key }) => key));
    for (const id of ids.get('submissions') ?? [])
      if (!submitted.has(id)) found.push({ collection: 'submissions', id, to: 'runs', key: id });
    for (const { from, to } of NAMED)
      for (const { id, key } of pairs.get(from) ?? [])
        if (!ids.get(to)?.has(key)) found.push({ collection: from, id, to, key });
    return found;
  }

  return {
    blobs,
    dangling,
    add(name, doc) {
      ids.get(name)?.add(doc.id);
      const key = namedBy(name, doc);
      if (key !== null) pairs.get(name)?.push({ id: doc.id, key });
      for (const blob of blobsOf(name, doc)) blobs.add(blob);
    },
  };
}
