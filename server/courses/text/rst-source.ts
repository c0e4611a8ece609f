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
