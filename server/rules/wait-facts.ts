import { durationText } from '../text/quantities.ts';

/** When the same request may come again: for people, and for Retry-After. */
export type WaitFacts = { wait: string; waitS: number };

export function waitFacts(ms: number): WaitFacts {
  const waitS = Math.max(1, Math.ceil(ms / 1000));
  return { wait: durationText(waitS * 1000), waitS };
}
