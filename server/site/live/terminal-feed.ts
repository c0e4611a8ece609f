/** What a terminal shows, on its way to one page: one message at a time, and never more waiting than a bound. */
import { bytesText } from '../../text/quantities.ts';

const PIECE_BYTES = 32 * 1024;
/** Above this a page is slow: the program waits for it, if it is one of the student's own. */
const BEHIND_BYTES = 64 * 1024;
const MOST_BYTES = 256 * 1024;
const LINE_FEED = 10;

/**
 * @param send to the page; it calls back when the page has taken it, or is gone
 * @param behind told when the page becomes slow, and when it has caught up or is gone
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

  /** The oldest goes, up to the end of a line. */
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
