/** How containers are started here, why so, and what of the isolation of runs that way and this machine do not give. */
import { lastOf, type UserRange } from '../../adapters/oci/taken-users.ts';
import type { Containers } from '../../ports/engine/containers.ts';
import type { WayName } from '../../rules/ways.ts';
import type { FoundWeakness, Weakness } from '../../rules/weaknesses.ts';
import { type Check, fail, ok, sentenceOf, warn } from './check.ts';

const MEANING: Record<WayName, string> = {
  direct: 'Gradeport starts the runtime itself',
  local: 'the engine starts containers, and folders are shared with them',
  portable: 'folders are volumes of the engine, and nothing but its API is used',
};

export async function wayCheck(containers: Pick<Containers, 'way'>): Promise<Check> {
  try {
    const { name, reason } = await containers.way();
    return ok('execution', `${name}: ${MEANING[name]} (${reason}).`);
  } catch (error) {
    return fail('execution', sentenceOf(error), 'In the configuration, set "execution: auto".');
  }
}

const CHECK: Record<Weakness, string> = { 'slot-users': 'users of slots', links: 'links of students' };
const NEXT: Record<Weakness, string> = {
  'slot-users':
    'Allow user namespaces (sysctl user.max_user_namespaces; on Debian and Ubuntu also kernel.unprivileged_userns_clone and kernel.apparmor_restrict_unprivileged_userns), or let only runsc be installed.',
  links: 'Use Linux 5.10 or later, where a mount can follow no link (nosymfollow).',
};

const SHARED =
  'runs on runc and crun are one user of the machine: what its kernel counts per user, one run can use up for others, and two can signal each other by locks (docs/attacks.md, "Open")';
const REMOVED =
  'links that lead from the student folder to the grader’s places are removed when a program ends';

/** By the way, what a machine that gives everything has. */
const USERS: Record<WayName, string> = {
  direct: 'Each slot is another user of the machine on runc and crun.',
  local: `Open on this way: ${SHARED}.`,
  portable: `Open on this way: ${SHARED}.`,
};
const LINKS: Record<WayName, string> = {
  direct: `The grader follows none on runc and crun (nosymfollow); on runsc, ${REMOVED}.`,
  local: `The grader follows none on runc and crun (nosymfollow); on runsc, ${REMOVED}.`,
  portable: `On this way ${REMOVED}; while one still runs, the grader follows what it plants.`,
};

/** @param found by the trials that were made before */
export function isolationChecks(way: WayName, found: readonly FoundWeakness[], range: UserRange): Check[] {
  const checkOf = (kind: Weakness, given: string): Check => {
    const weakness = found.find((one) => one.kind === kind);
    return weakness ? warn(CHECK[kind], weakness.why, weakness.next ?? NEXT[kind]) : ok(CHECK[kind], given);
  };
  const numbers = way === 'direct' ? ` They are ${range.first} to ${lastOf(range)} (slotUsers).` : '';
  return [checkOf('slot-users', USERS[way] + numbers), checkOf('links', LINKS[way])];
}
