/** Dates as INGInious' course files and texts write them: "2026-09-14 08:00:00", with a zone or in the server's time. */

/** Parted by "/"; an empty part means no bound. null: one of them is not a date. */
export function readInstants(value: string): (number | null)[] | null {
  const instants: (number | null)[] = [];
  for (const part of splitDates(value)) {
    const instant = readInstant(part);
    if (instant === undefined) return null;
    instants.push(instant);
  }
  return instants;
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
