/** What programs print, made fit for a page: no colours, no cursor movements, one kind of line end. */

const ESC = String.fromCharCode(27);
const BEL = String.fromCharCode(7);
/** CSI sequences (colours, cursor), OSC sequences (titles, links), and two-byte escapes. */
const SEQUENCES = new RegExp(
  `${ESC}(?:\\[[0-?]*[ -/]*[@-~]|\\][^${BEL}${ESC}]*(?:${BEL}|${ESC}\\\\)|[ -/]*[0-Z\\\\^-~])`,
  'g',
);
/** What the next piece may complete: the beginning of a sequence, the first half of a line end, or both. */
const OPEN_END = new RegExp(`\\r?${ESC}(?:\\[[0-?]*[ -/]*|\\][^${BEL}${ESC}]*${ESC}?|[ -/]*)$|\\r$`);
/** Longer than any real sequence: a text that never ends one must not be held back for ever. */
const MAX_HELD = 256;

export function plainText(text: string): string {
  return withoutRest(text.replace(SEQUENCES, ''));
}

/** The same for text that arrives in pieces, where a sequence or a line end may lie across two of them. */
export function createPlainText(): (piece: string) => string {
  let held = '';
  return (piece) => {
    const text = (held + piece).replace(SEQUENCES, '');
    const open = text.search(OPEN_END);
    const cut = open < 0 || text.length - open > MAX_HELD ? text.length : open;
    held = text.slice(cut);
    return withoutRest(text.slice(0, cut));
  };
}

/** Whatever else is no letter: bells, backspaces, bytes of binary files, which HTML may not contain. */
const CONTROLS = /[^\P{Cc}\n\t]/gu;

function withoutRest(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(CONTROLS, '');
}
