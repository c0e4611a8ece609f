/** When a task is open: INGInious' "accessible" field. */
import type { Access } from '../task.ts';

const ALWAYS: Access = { open: true, from: null, softUntil: null, until: null };
const NEVER: Access = { ...ALWAYS, open: false };
const ALWAYS_WORDS = new Set<unknown>([undefined, null, true, '', 'true', 'True', 'on']);
const NEVER_WORDS = new Set<unknown>([false, 'false', 'False', 'off']);

export const ACCESS_EXPECTED =
  'true, false, or dates as "START", "START/END" or "START/SOFT END/END" (2026-09-14 08:00:00)';

/** null: not an access field. Dates without a zone are in the server's time; both ends count as open. */
export function readAccess(value: unknown): Access | null {
  if (ALWAYS_WORDS.has(value)) return ALWAYS;
  if (NEVER_WORDS.has(value)) return NEVER;
  if (typeof value !== 'string') return null;
  const instants = splitDates(value).map(readInstant);
  if (instants.length > 3 || instants.includes(undefined)) return null;
  const [from = null, second = null, third = null] = instants;
  const until = instants.length === 3 ? third : second;
  const soft = instants.length === 3 ? second : null;
  // As INGInious: a soft end after the hard one is the hard one.
  const softUntil = soft !== null && until !== null ? Math.min(soft, until) : soft;
  return { open: true, from, softUntil, until };
}

/** Splits at "/", but not inside 31/12/2026. */
function splitDates(value: string): string[] {
  const guarded = value.replace(/(\d{1,2})\/(\d{1,2})\/(\d{4})/g, '$3-$2-$1');
  return guarded.split('/').map((part) => part.trim());
}

const DATE =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2})(?::(\d{2})(?::(\d{2})(?:\.\d+)?)?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/;

/** null: no bound; undefined: not a date. */
function readInstant(part: string): number | null | undefined {
  if (part === '') return null;
  const match = DATE.exec(part);
  if (!match) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((digits) => Number(digits ?? 0));
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  // The calendar says whether there is such a day: 31 June would become 1 July.
  if (new Date(Date.UTC(year, month - 1, day)).getUTCDate() !== day || month < 1 || month > 12)
    return undefined;
  const zone = match[7];
  if (zone === undefined) return new Date(year, month - 1, day, hour, minute, second).getTime();
  return Date.UTC(year, month - 1, day, hour, minute, second) - zoneMs(zone);
}

function zoneMs(zone: string): number {
  if (zone === 'Z') return 0;
  const digits = zone.replace(':', '');
  const minutes = Number(digits.slice(1, 3)) * 60 + Number(digits.slice(3, 5));
  return (digits.startsWith('-') ? -minutes : minutes) * 60_000;
}
