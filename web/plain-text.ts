/** What programs print, made fit for a page: no colours, no cursor movements, one kind of line end. */

const ESC = String.fromCharCode(27);
const BEL = String.fromCharCode(7);
/** CSI sequences (colours, cursor), OSC sequences (titles, links), and two-byte escapes. */
const SEQUENCE = new RegExp(
  `${ESC}(?:\\[[0-?]*[ -/]*[@-~]|\\][^${BEL}${ESC}]*(?:${BEL}|${ESC}\\\\)|[ -/]*[0-Z\\\\^-~])`,
  'g',
);
/** Longer than any real sequence: a text that never ends one must not be held back for ever. */
const MAX_HELD = 256;

export function plainText(text: string): string {
  return text.replace(SEQUENCE, '').replace(/\r\n?/g, '\n');
}

/** The same for text that arrives in pieces, where a sequence or a line end may lie across two of them. */
export function createPlainText(): (piece: string) => string {
  let held = '';
  return (piece) => {
    const text = held + piece;
    const cut = openEnd(text);
    held = text.slice(cut);
    return plainText(text.slice(0, cut));
  };
}

/** Where a sequence or line end begins that the next piece may finish; the length if there is none. */
function openEnd(text: string): number {
  if (text.endsWith('\r')) return text.length - 1;
  const start = text.lastIndexOf(ESC);
  if (start < 0 || text.length - start > MAX_HELD) return text.length;
  return text.slice(start).search(SEQUENCE) === 0 ? text.length : start;
}
