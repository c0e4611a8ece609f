/** Prepares reStructuredText for a compiler that knows less than docutils. */

/**
 * Stands for "&" while the compiler works: it refuses any text that contains "&amp;" or "&lt;" and lets "&copy;"
 * through, while in reStructuredText an ampersand is just an ampersand (student output is full of them).
 */
const AMPERSAND = '\uE000';

export const hideAmpersands = (source: string): string => source.replaceAll('&', AMPERSAND);
/** Restores the source's own character where the context is not text: raw HTML, formulas. */
export const showAmpersands = (text: string): string => text.replaceAll(AMPERSAND, '&');
export const escapeAmpersands = (html: string): string => html.replaceAll(AMPERSAND, '&amp;');

export const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/**
 * Like docutils: tab stops of eight (INGInious' helpers indent with tabs), line ends, no control characters; and
 * without the two private characters that this file uses.
 */
export function normaliseSource(source: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: programs print them, and HTML may not contain them.
  const plain = source.replace(/\r\n?/g, '\n').replace(/[\0-\x08\x0B-\x1F\x7F\uE000\uE001]/g, '\uFFFD');
  return plain.includes('\t') ? plain.split('\n').map(expandTabs).join('\n') : plain;
}

function expandTabs(line: string): string {
  let expanded = '';
  for (const part of line.split(/(\t)/))
    expanded += part === '\t' ? ' '.repeat(8 - (expanded.length % 8)) : part;
  return expanded;
}

/** A line whose indented successor belongs to a list, a directive or a literal block. */
const OWN_INDENT = /^(\.\. |[-*+•] |\(?[#\w]+[.)] |[:|>])|::\s*$/;

/**
 * How far quotes and definitions are indented. docutils takes any width, the compiler needs one: that
 * of the first line that is indented below a line of text.
 */
export function indentOf(source: string): number {
  let above = '';
  for (const line of source.split('\n')) {
    const width = line.length - line.trimStart().length;
    const isBlank = width === line.length;
    if (!isBlank && width > 0 && /^\S/.test(above) && !OWN_INDENT.test(above)) return Math.min(width, 8);
    if (!isBlank) above = line;
  }
  return 4;
}

/** A row of a table, whose cells may be indented. */
const TABLE = /^(=+ +=|\+[-=])/;

/** Deeper quotes stay as they are. */
const MOST_QUOTES = 8;

/** Gives all quotes and definitions that width. docutils takes each as it is. */
export const withEvenIndent = (source: string, width: number): string =>
  evenLines(source.split('\n'), width, MOST_QUOTES).join('\n');

function evenLines(lines: readonly string[], width: number, depth: number): string[] {
  const out: string[] = [];
  let body: string[] = [];
  let isQuote = true;
  const close = () => {
    for (const line of isQuote ? shifted(body, width, depth) : body) out.push(line);
    body = [];
  };
  for (const line of lines) {
    if (!/^\S/.test(line)) {
      body.push(line);
      continue;
    }
    close();
    out.push(line);
    isQuote = !OWN_INDENT.test(line) && !TABLE.test(line);
  }
  close();
  return out;
}

function shifted(body: readonly string[], width: number, depth: number): readonly string[] {
  const widths = body
    .filter((line) => line.trim() !== '')
    .map((line) => line.length - line.trimStart().length);
  if (widths.length === 0 || depth === 0) return body;
  const least = widths.reduce((one, other) => Math.min(one, other));
  const inner = evenLines(
    body.map((line) => line.slice(least)),
    width,
    depth - 1,
  );
  return inner.map((line) => (line === '' ? '' : ' '.repeat(width) + line));
}
