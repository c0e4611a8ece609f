/** Keys on their way to a terminal: collected for a moment, and sent no faster than the server accepts them. */
import { MAX_KEYS } from '../../events.ts';

const GATHER_MS = 40;
/** A longer paste is cut: no person types a megabyte. */
const MOST_CHARACTERS = 100_000;

export function createKeys(send: (keys: string) => void) {
  let waiting = '';
  let timer = 0;

  function flush(): void {
    timer = 0;
    const piece = firstPiece(waiting);
    if (piece === '') return;
    waiting = waiting.slice(piece.length);
    send(piece);
    timer = setTimeout(flush, GATHER_MS);
  }

  return (keys: string): void => {
    waiting = (waiting + keys).slice(0, MOST_CHARACTERS);
    // The first key is sent at once; keys within the next moment are sent together.
    if (timer === 0) flush();
  };
}

/** Never cuts a character in half. */
function firstPiece(text: string): string {
  const end = text.charCodeAt(MAX_KEYS - 1);
  const isHalf = text.length > MAX_KEYS && end >= 0xd800 && end < 0xdc00;
  return text.slice(0, isHalf ? MAX_KEYS - 1 : MAX_KEYS);
}
