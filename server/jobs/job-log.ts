/**
 * The lines of one long job, numbered from 0 in the order they were printed. A huge log keeps only its first and
 * last lines. Text comes from images and registries, so nothing in a line may move a cursor or hide text.
 */
import { plainLine } from '../text/hostile.ts';

export type JobLog = ReturnType<typeof createJobLog>;

export type LogBounds = { headBytes: number; tailBytes: number; lineCharacters: number };
const BOUNDS: LogBounds = { headBytes: 128 * 1024, tailBytes: 256 * 1024, lineCharacters: 2000 };
/** The cost of an entry besides its text, so that a million empty lines count, too. */
const LINE_BYTES = 32;

type Line = { number: number; text: string };

export function createJobLog(bounds: LogBounds = BOUNDS) {
  const head: Line[] = [];
  let tail: Line[] = [];
  let headBytes = 0;
  let tailBytes = 0;
  let printed = 0;
  let isHeadFull = false;

  function shorten(): void {
    let from = 0;
    for (; tailBytes > bounds.tailBytes && from < tail.length - 1; from++) tailBytes -= sizeOf(tail[from]);
    if (from > 0) tail = tail.slice(from);
  }

  return {
    /** @returns the line as it is stored */
    add(text: string): string {
      const line = { number: printed++, text: plainLine(text, bounds.lineCharacters) };
      const size = sizeOf(line);
      isHeadFull ||= headBytes + size > bounds.headBytes;
      if (isHeadFull) {
        tail.push(line);
        tailBytes += size;
        // Cut only now and then: every cut copies the rest.
        if (tailBytes > bounds.tailBytes * 1.25) shorten();
      } else {
        head.push(line);
        headBytes += size;
      }
      return line.text;
    },
    /** The lines from this number on; one line says how many were omitted in between. */
    lines(from = 0): string[] {
      shorten();
      const gapStart = head.length;
      const gapEnd = tail[0]?.number ?? gapStart;
      const left = gapEnd - Math.max(gapStart, from);
      const gap = left > 0 ? [`… ${left} lines left out …`] : [];
      const kept = (list: readonly Line[]) =>
        list.filter(({ number }) => number >= from).map(({ text }) => text);
      return [...kept(head), ...gap, ...kept(tail)];
    },
    /** The number of lines so far: the number of the next line. */
    printed: () => printed,
  };
}

const sizeOf = (line: Line | undefined): number => LINE_BYTES + Buffer.byteLength(line?.text ?? '');
