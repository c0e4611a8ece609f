/**
 * Makes texts of programs, images, registries and learning platforms safe to show. A security rule: such a text must
 * not move a cursor, forge a line, turn the direction of the text beside it, or hide a part of itself. No imports: the
 * browser uses this file, too. test/unit/text/hostile.test.ts has a table of the effects.
 */

const ESC = '\\u001b';
const BEL = '\\u0007';
/** What follows the ESC of a string sequence: OSC (titles, links), DCS, SOS, PM, APC. Without its end it is shown. */
const STRING = `[\\]PX^_][^${BEL}${ESC}\\n]*`;
/** CSI (colours, cursor), string sequences, and the short ones: ECMA-48, and XTerm's BEL as an end. */
const SEQUENCES = new RegExp(
  `${ESC}(?:\\[[0-?]*[ -/]*[@-~]|${STRING}(?:${BEL}|${ESC}\\\\)|[ -/]+[0-~]|[0-OQ-WYZ\\\\\`-~])`,
  'g',
);
/** What the next piece may complete: the beginning of a sequence, half of a line end, half of a character. */
const OPEN_END = new RegExp(
  `(?:\\r|[\\uD800-\\uDBFF])?${ESC}(?:\\[[0-?]*[ -/]*|${STRING}${ESC}?|[ -/]*)$|(?:\\r|[\\uD800-\\uDBFF])$`,
);
/** Longer than any real sequence: a text that never ends one must not be held back without end. */
const MAX_HELD = 256;

const LINE_END = /\r\n?|[\u2028\u2029]/g;
/** C0 and C1 except tab and line feed, and the embeddings, overrides and isolates of bidirectional text. */
const CONTROL = /(?![\t\n])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu;
/**
 * Invisible characters, which make texts differ that look alike. Not those that joined scripts and emoji need: U+200C,
 * U+200D, and the variation selectors.
 */
const INVISIBLE =
  /[\u00ad\u061c\u180e\u200b\u200e\u200f\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;
/** Half a surrogate pair, which encoders cannot handle. */
const LONE_SURROGATE = /\p{Surrogate}/gu;

/** Any number of lines, for a page or a terminal: text, tabs and line feeds. */
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

/** One line of a program's output, as a terminal would finally show it, up to a length. */
export function plainLine(text: string, maxCharacters: number): string {
  // Bounded first: patterns over a line of megabytes take seconds.
  const start = text.slice(0, 4 * maxCharacters);
  // A progress bar overwrites its line again and again: only the last version counts.
  const shown =
    start
      .trimEnd()
      .split(/\r(?!\n)/)
      .at(-1) ?? '';
  const plain = plainText(shown).replaceAll('\n', ' ').trimEnd();
  return plain.length > maxCharacters || start.length < text.length
    ? `${cut(plain, maxCharacters)} …`
    : plain;
}

/** A name or a description: one line without tabs, bounded without a mark. */
export function plainLabel(text: string, maxCharacters: number): string {
  const spaced = text
    .slice(0, 4 * maxCharacters)
    .replace(SEQUENCES, '')
    .replace(CONTROL, ' ');
  return cut(
    withoutRest(spaced)
      .replace(/[\t\n]/g, ' ')
      .trim(),
    maxCharacters,
  );
}

/** Whether a name could forge lines, move a cursor, turn text around, or stop an encoder. */
export const isUnsafe = (name: string): boolean =>
  [/[\t\n]/, LINE_END, CONTROL, LONE_SURROGATE].some((pattern) => name.search(pattern) >= 0);

function withoutRest(text: string): string {
  return text
    .replace(LINE_END, '\n')
    .replace(CONTROL, '')
    .replace(INVISIBLE, '')
    .replace(LONE_SURROGATE, '\ufffd');
}

/** Cuts a text, but not through the middle of a character. */
const cut = (text: string, length: number): string => text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');
