/** The open terminals: the last output of each, and its viewers. In memory only. */
import type { ShowTerminal, TerminalLine } from '../../ports/terminals.ts';

type Looker = {
  print(bytes: Buffer): void;
  closed(): void;
};
type Look = {
  /** Whether the program should wait for this viewer. */
  behind(isBehind: boolean): void;
  stop(): void;
};
export type OpenTerminal = {
  line: TerminalLine;
  /** ms since 1970: until when the terminal waits for its student, or stays open. */
  endsAt(): number;
  /** The last output, as bytes for a terminal. */
  recent(): Buffer;
  look(looker: Looker): Look;
};
export type Terminals = {
  /** The terminal for the worker that grades this run. */
  of(runId: string): ShowTerminal;
  find(runId: string): OpenTerminal | null;
};

/** A few screens full of text. */
const RECENT_BYTES = 128 * 1024;
const LINE_FEED = 10;

export function createTerminals(): Terminals {
  const open = new Map<string, OpenTerminal>();
  return {
    of: (runId) => (line, until) => {
      const lookers = new Set<Looker>();
      const slow = new Set<Looker>();
      const recent = createRecent(RECENT_BYTES);
      let endsAt = until;
      open.set(runId, {
        line,
        endsAt: () => endsAt,
        recent: recent.bytes,
        look(looker) {
          lookers.add(looker);
          const behind = (isBehind: boolean): void => {
            const before = slow.size;
            if (isBehind) slow.add(looker);
            else slow.delete(looker);
            if (slow.size > 0 !== before > 0) line.behind(slow.size > 0);
          };
          return {
            behind,
            stop() {
              lookers.delete(looker);
              behind(false);
            },
          };
        },
      });
      return {
        print(bytes) {
          recent.push(bytes);
          for (const looker of lookers) looker.print(bytes);
        },
        opened(end) {
          endsAt = end;
        },
        closed() {
          open.delete(runId);
          for (const looker of lookers) looker.closed();
        },
      };
    },
    find: (runId) => open.get(runId) ?? null,
  };
}

/** Keeps the last bytes of a stream, from the start of a line: half an escape sequence would spoil the screen. */
export function createRecent(limit: number) {
  let pieces: Buffer[] = [];
  let size = 0;
  let cut = false;
  return {
    push(bytes: Buffer): void {
      pieces.push(bytes);
      size += bytes.length;
      // Joined from time to time: single keys would otherwise become many buffers.
      if (size <= 2 * limit && pieces.length < 1000) return;
      const all = Buffer.concat(pieces);
      cut ||= all.length > limit;
      pieces = [Buffer.from(all.subarray(Math.max(0, all.length - limit)))];
      size = pieces[0]?.length ?? 0;
    },
    bytes(): Buffer {
      const all = Buffer.concat(pieces);
      if (!cut && all.length <= limit) return all;
      const last = all.subarray(Math.max(0, all.length - limit));
      return last.subarray(last.indexOf(LINE_FEED) + 1);
    },
  };
}
