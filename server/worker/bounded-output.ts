/** Bounds the output of one attempt: its head goes out at once, its tail is kept, what lies between is counted. */
import type { OutputEvent, RunEvent } from '../model/run-events.ts';

/** Splits at a byte count, never inside a character. */
export function splitAtByte(text: string, bytes: number): [string, string] {
  const buffer = Buffer.from(text);
  let cut = Math.min(Math.max(bytes, 0), buffer.length);
  // Bytes 10xxxxxx continue a character.
  while (cut > 0 && cut < buffer.length && ((buffer[cut] ?? 0) & 0xc0) === 0x80) cut--;
  return [buffer.subarray(0, cut).toString(), buffer.subarray(cut).toString()];
}

/** The last `bytes` bytes, never starting inside a character. */
function lastBytes(text: string, bytes: number): string {
  const buffer = Buffer.from(text);
  let start = Math.max(buffer.length - bytes, 0);
  while (start < buffer.length && ((buffer[start] ?? 0) & 0xc0) === 0x80) start++;
  return buffer.subarray(start).toString();
}

/** The end of a stream of pieces, at most `limit` bytes; pieces of one stream grow to PIECE_BYTES each. */
const PIECE_BYTES = 4096;
export function createTail(limit: number) {
  let pieces: { body: OutputEvent; bytes: number }[] = [];
  let kept = 0;
  let omitted = 0;

  function trim(): void {
    while (kept > limit) {
      const first = pieces[0];
      if (!first) return;
      const text = lastBytes(first.body.text, Math.max(first.bytes - (kept - limit), 0));
      const bytes = Buffer.byteLength(text);
      omitted += first.bytes - bytes;
      kept -= first.bytes - bytes;
      if (bytes === 0) pieces.shift();
      else pieces[0] = { body: { ...first.body, text }, bytes };
    }
  }

  return {
    push(body: OutputEvent): void {
      const bytes = Buffer.byteLength(body.text);
      const last = pieces.at(-1);
      if (last && last.body.stream === body.stream && last.bytes < PIECE_BYTES) {
        last.body = { ...last.body, text: last.body.text + body.text };
        last.bytes += bytes;
      } else pieces.push({ body, bytes });
      kept += bytes;
      trim();
    },
    /** Takes everything out: the gap first, then what was kept. */
    take(): RunEvent[] {
      const bodies: RunEvent[] = pieces.map((piece) => piece.body);
      const all = omitted > 0 ? [{ type: 'omitted', bytes: omitted } as const, ...bodies] : bodies;
      pieces = [];
      kept = 0;
      omitted = 0;
      return all;
    },
  };
}
