/** Terminal output on its way to one page: one message at a time, and a bounded backlog. */
import { bytesText } from '../../text/quantities.ts';

const PIECE_BYTES = 32 * 1024;
/** Above this backlog a page is slow: the program waits if the page is its own student's. */
const BEHIND_BYTES = 64 * 1024;
const MOST_BYTES = 256 * 1024;
const LINE_FEED = 10;

/**
 * @param send sends to the page; calls back when the page has taken the data, or is gone
 * @param behind called when the page becomes slow, and when it has caught up or is gone
 */
export function createTerminalFeed(
  send: (bytes: Buffer, taken: () => void) => void,
  behind: (isBehind: boolean) => void,
) {
  let waiting: Buffer[] = [];
  let size = 0;
  let leftOut = 0;
  let isBusy = false;
  let isBehind = false;
  let stopped = false;

  function tell(): void {
    if (size > BEHIND_BYTES === isBehind) return;
    isBehind = !isBehind;
    behind(isBehind);
  }

  function next(): void {
    if (isBusy || stopped || size === 0) return;
    const all = Buffer.concat(waiting);
    const piece = all.subarray(0, PIECE_BYTES);
    waiting = piece.length < all.length ? [all.subarray(piece.length)] : [];
    size -= piece.length;
    isBusy = true;
    send(piece, () => {
      isBusy = false;
      next();
      tell();
    });
  }

  /** Drops the oldest output, up to the end of a line. */
  function shorten(): void {
    const all = Buffer.concat(waiting);
    const tail = all.subarray(all.length - PIECE_BYTES);
    const kept = tail.subarray(tail.indexOf(LINE_FEED) + 1);
    leftOut += all.length - kept.length;
    waiting = [Buffer.from(`\x1b[0m\r\n[${bytesText(leftOut)} left out]\r\n`), Buffer.from(kept)];
    size = waiting.reduce((sum, { length }) => sum + length, 0);
  }

  return {
    push(bytes: Buffer): void {
      if (stopped) return;
      waiting.push(bytes);
      size += bytes.length;
      if (size > MOST_BYTES) shorten();
      next();
      tell();
    },
    stop(): void {
      stopped = true;
      waiting = [];
      size = 0;
      tell();
    },
  };
}
