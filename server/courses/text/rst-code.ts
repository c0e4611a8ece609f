/**
 * Blocks of code are taken out of a text before it is compiled, and put back afterwards. In them graders quote the
 * output of programs, and the compiler would read a first line such as ":a: b" as an option and lose it.
 */
import { escapeHtml } from './rst-source.ts';

export type CodeBlock = {
  language: string;
  code: string;
  /** The block's source, for texts that only quote a directive. */
  source: string;
};

/** The directive that replaces a block; its name has a character that texts cannot contain (see rst-source.ts). */
export const PLACE = '\uE001code';
/** A directive may be the first thing of a list item. */
const DIRECTIVE = /^((?: |[-*+•] |#?\w{0,3}[.)] )*)\.\. +(?:code|code-block|sourcecode) ?::(?: +(.*))?$/;
const OPTION = /^ +:[\w-]+:/;

export function takeCodeOut(text: string): { text: string; blocks: CodeBlock[] } {
  const lines = text.split('\n');
  const kept: string[] = [];
  const blocks: CodeBlock[] = [];
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? '';
    const found = DIRECTIVE.exec(line);
    const end = found ? endOfBlock(lines, at + 1, found[1]?.length ?? 0) : at + 1;
    if (found) {
      kept.push(`${found[1]}.. ${PLACE}:: ${blocks.length}`, '');
      blocks.push(readBlock(found[2] ?? '', lines.slice(at, end)));
    } else kept.push(line);
    at = end;
  }
  return { text: kept.join('\n'), blocks };
}

const isBlank = (line: string): boolean => line.trim() === '';
const widthOf = (line: string): number => line.length - line.trimStart().length;

function endOfBlock(lines: readonly string[], start: number, indent: number): number {
  let end = start;
  while (end < lines.length && (isBlank(lines[end] ?? '') || widthOf(lines[end] ?? '') > indent)) end += 1;
  return end;
}

function readBlock(written: string, lines: readonly string[]): CodeBlock {
  const source = trimLines(dedent(lines));
  const [, first = '', second = ''] = lines;
  // The language may stand alone on the next line.
  const isBelow = written === '' && isBlank(second) && /^ +[\w+#.-]{1,40}$/.test(first);
  const body = lines.slice(isBelow ? 2 : 1);
  const firstOther = body.findIndex((line) => !OPTION.test(line));
  // Options show where the block's margin is, as in docutils.
  const code = firstOther === -1 ? [] : dedent(body).slice(firstOther);
  return { language: (isBelow ? first : written).trim(), code: trimLines(code), source };
}

function dedent(lines: readonly string[]): string[] {
  const indent = lines.reduce((least, line) => (isBlank(line) ? least : Math.min(least, widthOf(line))), 1e9);
  return lines.map((line) => line.slice(indent));
}

const trimLines = (lines: readonly string[]): string =>
  lines
    .join('\n')
    .replace(/^(?: *\n)+/, '')
    .trimEnd();

/** Restores the source of blocks whose directive was only quoted. */
export function putSourceBack(text: string, blocks: readonly CodeBlock[]): string {
  if (!text.includes(PLACE)) return text;
  return text.replace(
    new RegExp(`^( *)\\.\\. ${PLACE}:: (\\d+)$`, 'gm'),
    (_, indent: string, index: string) => (blocks[Number(index)]?.source ?? '').replace(/^(?=.)/gm, indent),
  );
}

export const inlineCode = (text: string): string => `<code>${escapeHtml(text)}</code>`;

export function codeHtml({ code, language }: Pick<CodeBlock, 'code' | 'language'>): string {
  const name = /^[\w+#.-]{1,40}$/.test(language) ? ` class="language-${language.toLowerCase()}"` : '';
  return `<pre><code${name}>${escapeHtml(code)}</code></pre>\n`;
}
