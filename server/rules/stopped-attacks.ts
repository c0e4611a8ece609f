/**
 * Attacks that were stopped, for the log and the metrics. The places that stop attacks lie deep in every room, so there
 * is one list of listeners for the process. server/main/watch-attacks.ts listens; without it nothing happens.
 */
import { plainLine } from '../text/hostile.ts';

export const ATTACK_KINDS = [
  'link', // a link on the way to a file: planted by a student, or leading out of a course
  'forged-frame', // a message from a container that the agent never sends, or that is too large or too deep
  'flood', // more output, files, messages or bytes than a run, a user or a client may have
  'slow-client', // a connection that held its place without sending or reading
  'sign-in', // too many wrong passwords or second factors
  'launch', // too many refused launches from a learning platform
  'foreign-site', // a request that another site made a browser send
  'network', // an address within the network, to which the server was to send something
  'image', // an image that asks for a place that is not its own, or keeps silent
  'other',
] as const;
export type AttackKind = (typeof ATTACK_KINDS)[number];

export type AttackFacts = {
  /** What was stopped and by which bound: one sentence for the operator. */
  why: string;
  run?: string | undefined;
  course?: string | undefined;
  /** The sign-in name where it is known, otherwise the account's id. Never what somebody only claims to be. */
  user?: string | undefined;
  /** A network, as networkOf says it. */
  from?: string | undefined;
};
export type StoppedAttack = AttackFacts & { kind: AttackKind };

const MAX_WHY = 300;
const listeners = new Set<(attack: StoppedAttack) => void>();

/** Counts one attack that was stopped. Cheap, and may be called as often as the attacker likes. */
export function stopped(kind: AttackKind, about: AttackFacts): void {
  if (listeners.size === 0) return;
  const attack = { ...about, kind, why: plainLine(about.why, MAX_WHY) };
  for (const listener of listeners) listener(attack);
}

/** @returns the function that stops listening */
export function onStopped(listener: (attack: StoppedAttack) => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
