/** Numbers and instants as people read them, in sentences, tables and pages. No imports: the browser uses this file, too. */

const UNITS = ['KiB', 'MiB', 'GiB', 'TiB'] as const;

/** "1 byte", "512 KiB", "19.5 KiB", "1.17 GiB" */
export function bytesText(bytes: number): string {
  if (bytes < 1024) return `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`;
  let power = Math.min(Math.floor(Math.log2(bytes) / 10), UNITS.length);
  // What rounds to 1024 is one of the next unit.
  if (round(bytes / 1024 ** power) >= 1024 && power < UNITS.length) power += 1;
  return `${round(bytes / 1024 ** power)} ${UNITS[power - 1]}`;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** "85 ms", "1.17 s", "90 s", "2 min 30 s", "1 h 5 min" */
export function durationText(ms: number): string {
  if (Math.round(ms) < 1000) return `${Math.round(ms)} ms`;
  if (round(ms / 1000) < 120) return `${round(ms / 1000)} s`;
  return ms < HOUR_MS - 500
    ? twoUnits(ms, MINUTE_MS, 'min', 1000, 's')
    : twoUnits(ms, HOUR_MS, 'h', MINUTE_MS, 'min');
}

function twoUnits(ms: number, largeMs: number, large: string, smallMs: number, small: string): string {
  const all = Math.round(ms / smallMs);
  const perLarge = largeMs / smallMs;
  const rest = all % perLarge;
  return `${Math.floor(all / perLarge)} ${large}${rest === 0 ? '' : ` ${rest} ${small}`}`;
}

/** "2026-11-20 10:58 UTC" */
export function utcText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** To three digits, or to a whole number where that has more; no zeros at the end. */
function round(value: number): number {
  return value < 100 ? Number(value.toPrecision(3)) : Math.round(value);
}
