/** When a task is open: INGInious' "accessible" field. */
import { readInstants } from '../../text/written-instants.ts';
import { yesOrNo } from '../../text/yes-and-no.ts';
import type { Access } from '../task.ts';

const ALWAYS: Access = { open: true, from: null, softUntil: null, until: null };
const NEVER: Access = { ...ALWAYS, open: false };

export const ACCESS_EXPECTED =
  'true, false, or dates as "START", "START/END" or "START/SOFT END/END" (2026-09-14 08:00:00)';

/** null: not an access field. Dates without a zone are in the server's time; both bounds count as open. */
export function readAccess(value: unknown): Access | null {
  if (value === undefined || value === null || value === '') return ALWAYS;
  const word = yesOrNo(value);
  if (word !== null) return word ? ALWAYS : NEVER;
  if (typeof value !== 'string') return null;
  const instants = readInstants(value);
  if (instants === null || instants.length > 3) return null;
  const [from = null, second = null, third = null] = instants;
  const until = instants.length === 3 ? third : second;
  const soft = instants.length === 3 ? second : null;
  // As INGInious: a soft end after the hard one is the hard one.
  const softUntil = soft !== null && until !== null ? Math.min(soft, until) : soft;
  return { open: true, from, softUntil, until };
}

/** What a teacher cannot have meant by dates that can be read; null: nothing is odd. */
export function oddDates(value: unknown): string | null {
  const access = readAccess(value);
  if (typeof value !== 'string' || access === null || !access.open) return null;
  const { from, softUntil, until } = access;
  if (from !== null && until !== null && until < from)
    return 'it ends before it begins, and so is never open; exchange the two dates';
  if (from !== null && softUntil !== null && softUntil < from)
    return 'its soft end is before it begins, and so each submission is late; exchange the two dates';
  const [, soft = null] = readInstants(value) ?? [];
  if (softUntil !== null && soft !== softUntil)
    return 'its soft end is after its end, and so has no effect; write START/SOFT END/END';
  return null;
}
