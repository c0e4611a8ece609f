/**
 * What each user has stored in all, and the installation: answers, uploads, and what graders said of them. The sums are
 * kept with the submissions. The one server of a store has them in memory, so that no request reads them.
 */
import type { SubmittedAnswers } from '../../model/answers.ts';
import type { Run, User } from '../../model/collections.ts';
import type { Step, Store } from '../../ports/store.ts';
import { GradeportError } from '../../rules/errors.ts';
import { refuse } from '../../rules/problems.ts';
import { stopped } from '../../rules/stopped-attacks.ts';
import { bytesText } from '../../text/quantities.ts';
import { sizeOfAnswers, sizeOfValue } from './sizes.ts';

type AmountBounds = { bytesPerUser: number; bytesInAll: number };
/** Whose bound is nearly used up. */
export type NearlyFull = { whose: 'user' | 'all'; bytes: number; most: number };

/** Room for one submission. It is given back unless it was kept. */
type Room = Disposable & {
  /** They store the sum in the batch of the submission. */
  steps: readonly Step[];
  keep(): void;
};

export type Amounts = {
  /** Refuses what does not fit. What is let in counts at once: submissions at the same moment cannot share what is left. */
  take(user: Pick<User, 'id' | 'name'>, answers: SubmittedAnswers): Room;
  /** Counts what a run left, for the user who handed in. It never fails: a verdict is worth more than a sum. */
  left(run: Pick<Run, 'userId' | 'team'>, ending: unknown): void;
  /** From 80 % on. */
  nearlyFull(userId: string): NearlyFull | null;
  bytesInAll(): number;
  /** Resolves once everything is stored. */
  close(): Promise<void>;
};

type AmountStore = Pick<Store, 'amounts' | 'submissions' | 'runs'>;
type Deps = {
  store: AmountStore;
  bounds: AmountBounds;
  log: { info(text: string): void; warn(about: object, text: string): void };
};

/** Names, times and indexes of a submission and its run. */
const DOCUMENTS_BYTES = 1024;
/** The share of a bound from which on it is nearly used up. */
export const NEARLY = 0.8;

/** In `amounts`: everything that was there before was counted. No user has this id. */
const COUNTED = '*';

/** Whom a submission counts for: in a group the member who handed it in. */
const personOf = ({ userId, team }: Pick<Run, 'userId' | 'team'>): string => team?.by ?? userId;

export async function openAmounts({ store, bounds, log }: Deps): Promise<Amounts> {
  if (!(await store.amounts.get(COUNTED))) await countOnce(store, log);
  const rows = await store.amounts.pluck(['id', 'bytes'], {});
  const sums = new Map(rows.map(([id, bytes]) => [String(id), Number(bytes)]));
  const stored = new Set(sums.keys());
  let all = [...sums.values()].reduce((sum, bytes) => sum + bytes, 0);
  const pending = new Set<Promise<void>>();

  function add(id: string, bytes: number): void {
    sums.set(id, (sums.get(id) ?? 0) + bytes);
    all += bytes;
  }

  async function keepLater(id: string, bytes: number): Promise<void> {
    const change = { $inc: { bytes } };
    if (await store.amounts.update({ id }, change, { mayBeLost: true })) return;
    await store.amounts.insert({ id, bytes: 0 }).catch((error: unknown) => {
      if (!(error instanceof GradeportError && error.code === 'conflict')) throw error;
    });
    await store.amounts.update({ id }, change, { mayBeLost: true });
  }

  return {
    take({ id, name }, answers) {
      const bytes = sizeOfAnswers(answers) + DOCUMENTS_BYTES;
      refuseBeyond(bounds, { user: name, bytes, before: sums.get(id) ?? 0, all });
      add(id, bytes);
      let isKept = false;
      const first: Step[] = stored.has(id) ? [] : [{ collection: 'amounts', insert: { id, bytes: 0 } }];
      return {
        steps: [...first, { collection: 'amounts', id, change: { $inc: { bytes } } }],
        keep() {
          isKept = true;
          stored.add(id);
        },
        [Symbol.dispose]: () => isKept || add(id, -bytes),
      };
    },
    left(run, ending) {
      const [id, bytes] = [personOf(run), sizeOfValue(ending)];
      add(id, bytes);
      const kept = keepLater(id, bytes)
        .catch((err: unknown) => log.warn({ err }, 'the size of a report was not counted'))
        .finally(() => pending.delete(kept));
      pending.add(kept);
    },
    nearlyFull(userId) {
      const bytes = sums.get(userId) ?? 0;
      const { bytesPerUser, bytesInAll } = bounds;
      if (bytes >= NEARLY * bytesPerUser) return { whose: 'user', bytes, most: bytesPerUser };
      return all >= NEARLY * bytesInAll ? { whose: 'all', bytes: all, most: bytesInAll } : null;
    },
    bytesInAll: () => all,
    close: async () => void (await Promise.all(pending)),
  };
}

type Asked = { user: string; bytes: number; before: number; all: number };

function refuseBeyond({ bytesPerUser, bytesInAll }: AmountBounds, { user, bytes, before, all }: Asked): void {
  if (before + bytes > bytesPerUser) {
    const most = bytesText(bytesPerUser);
    stopped('flood', { why: `submissions of more than ${most} in all (submissions.bytesPerUser)`, user });
    refuse('stores-much', { most });
  }
  if (all + bytes > bytesInAll) {
    const most = bytesText(bytesInAll);
    stopped('flood', { why: `all submissions hold ${most} (submissions.bytesInAll)`, user });
    refuse('all-store-much', { most });
  }
}

/** Runs have reports of up to some MiB: so many are in memory at the same time. */
const PAGE = 20;

/** Counts what was stored before sums were kept. A start that breaks off leaves no mark: the next one counts anew. */
async function countOnce(store: AmountStore, log: Deps['log']): Promise<void> {
  const sums = new Map<string, number>();
  const add = (of: Pick<Run, 'userId' | 'team'>, bytes: number) =>
    sums.set(personOf(of), (sums.get(personOf(of)) ?? 0) + bytes);
  const page = { sort: { id: 1 }, limit: PAGE } as const;
  await eachPage(
    (after) => store.submissions.find({ id: { $gt: after } }, page),
    (one) => add(one, sizeOfValue(one.answers) + DOCUMENTS_BYTES),
  );
  await eachPage(
    (after) => store.runs.find({ id: { $gt: after } }, page),
    (one) => add(one, sizeOfValue(one.outcome)),
  );
  await store.amounts.remove({});
  for (const [id, bytes] of sums) await store.amounts.insert({ id, bytes }, { mayBeLost: true });
  await store.amounts.insert({ id: COUNTED, bytes: 0 });
  if (sums.size > 0) log.info(`counted what ${sums.size} users have stored`);
}

async function eachPage<T extends { id: string }>(
  read: (after: string) => Promise<T[]>,
  saw: (doc: T) => void,
): Promise<void> {
  let after = '';
  for (;;) {
    const page = await read(after);
    page.forEach(saw);
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.id;
  }
}
