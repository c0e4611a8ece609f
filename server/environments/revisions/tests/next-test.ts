/** Which image is tested next automatically. Pure. */
import type { HistoryState, KnownRevision } from '../images/on-engine.ts';
import { nextOf } from '../promotion-rules.ts';
import { stateOf } from '../which-revision-grades.ts';

export type ImageToTest = { name: string; digest: string };

export type TestOrder = {
  /** Whether its image is in the engine and something can run it. */
  isUsable(digest: string): boolean;
  /** Whether the samples of a name's first image run, too. */
  testFirst: boolean;
  /** Whether an update becomes current once its samples pass. */
  promotes: boolean;
  /** How often its test could not be completed. */
  failuresOf(digest: string): number;
};

/** The most attempts at a test that cannot be completed, for instance because the engine is broken. */
export const MAX_FAILURES = 3;

/**
 * The newest image of each name that was never tested and is current or may become so. One that passed and did not become
 * current, because the server ended or the engine failed just then, is tested again.
 */
export function nextTest(
  { revisions, currents }: HistoryState,
  { isUsable, testFirst, promotes, failuresOf }: TestOrder,
): ImageToTest | null {
  const wanted = [...Map.groupBy(revisions, ({ name }) => name)].flatMap(([name, own]) => {
    const digest = currents.get(name)?.digest;
    const current = own.find((one) => one.digest === digest);
    const here = own.filter((one) => isUsable(one.digest));
    const update = here.findLast((one) => stateOf(one, digest) === 'staged' && one.at > (current?.at ?? ''));
    const first = testFirst ? here.find((one) => one === current) : undefined;
    const isLeft = (one: KnownRevision) =>
      promotes &&
      one === update &&
      one.test?.passed === true &&
      nextOf({ name, own, current: digest }, one.id) !== null;
    return [update, first].flatMap((one) =>
      one && (one.test === null || isLeft(one)) ? { name, digest: one.digest } : [],
    );
  });
  return wanted.find(({ digest }) => failuresOf(digest) < MAX_FAILURES) ?? null;
}
