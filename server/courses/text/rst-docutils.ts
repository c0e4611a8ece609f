/**
 * Rewrites what docutils reads and our compiler does not (reStructuredText specification, docutils 0.19): the same text
 * in words that it knows. Blocks of code are out of it already, except for fromTheMargin, which runs before.
 */
import type { Hide } from './rst-blocks.ts';

const indentOf = (line: string): number => line.length - line.trimStart().length;

/** No blanks at the ends of lines, as in docutils; and a text that begins indented begins at the margin. */
export function fromTheMargin(source: string): string {
  const lines = source.split('\n').map((line) => line.trimEnd());
  const first = lines.findIndex((line) => line !== '');
  const indent = indentOf(lines[first] ?? '');
  if (indent === 0) return lines.join('\n');
  const end = lines.findIndex((line, at) => at > first && line !== '' && indentOf(line) < indent);
  const last = end < 0 ? lines.length : end;
  return lines.map((line, at) => (at < last ? line.slice(indent) : line)).join('\n');
}

/** @param hide keeps HTML, and gives what stands for it in the text */
export function asTheCompilerReads(source: string, hide: Hide): string {
  const text = withBullets(withoutLastBackslash(source));
  return withFormulas(splitEquations(linkNames(linkSubstitutions(rawSubstitutions(text, hide)))));
}

/** A backslash takes away what follows it, and here is nothing. */
const withoutLastBackslash = (source: string): string => source.replace(/\n *\\\s*$/, '\n');

const BULLET = /^[•‣⁃](?= +\S)/;

/** A list begins after a blank line, and the next item after the one before. */
function withBullets(source: string): string {
  if (!/^[•‣⁃]/m.test(source)) return source;
  let above: 'blank' | 'item' | 'other' = 'blank';
  return source
    .split('\n')
    .map((line) => {
      const isItem = above !== 'other' && BULLET.test(line);
      if (line === '') above = 'blank';
      else if (isItem) above = 'item';
      else if (above === 'blank' || !line.startsWith(' ')) above = 'other';
      return isItem ? line.replace(BULLET, '*') : line;
    })
    .join('\n');
}

const RAW =
  /^( *)\.\. \|([^|\n]+)\| raw:: *(?:\w+ )*html\b(?: *latex\b)?(?: +(.*))?\n((?:\1 +:.*\n)*(?:\n|\1 +.*\n)*(?:\1 +.*$)?)/gm;

/** ".. |x| raw:: html" is HTML wherever |x| stands. */
function rawSubstitutions(source: string, hide: Hide): string {
  const found = new Map<string, string>();
  const rest = source.replace(RAW, (_, __, name: string, line: string | undefined, body: string) => {
    const html = [line ?? '', ...body.split('\n').filter((each) => !/^ +:[\w-]+:/.test(each))];
    found.set(
      name,
      html
        .map((each) => each.trim())
        .join('\n')
        .trim(),
    );
    return '\n';
  });
  if (found.size === 0) return source;
  // Shown from the beginning of time.
  return rest.replace(/\|([^|\n]+)\|/g, (all, name: string) => {
    const html = found.get(name);
    return html === undefined ? all : hide(html, 0);
  });
}

const PLACES = /^ *\.\. _`?([^:`\n]{1,100}?(?::\S[^:`\n]{0,100}?)?)`? {0,9}: +(\S+)$/gm;

/** Names are the same in any letters and with any blanks. */
const nameOf = (written: string): string => written.trim().replace(/\s+/g, ' ').toLowerCase();

/** "|x|_" is a link with the words of |x| to the address of _x. */
function linkSubstitutions(source: string): string {
  if (!/\|_(?!\w)/.test(source)) return source;
  const words = new Map(
    [...source.matchAll(/^ *\.\. \|([^|\n]+)\| replace:: *(.+)$/gm)].map(([, name = '', text = '']) => [
      nameOf(name),
      text.replace(/[*`<>]/g, '').trim(),
    ]),
  );
  const places = new Map([...source.matchAll(PLACES)].map(([, name = '', to = '']) => [nameOf(name), to]));
  return source.replace(/\|([^|\n]+)\|_(?!\w)/g, (all, name: string) => {
    const [text, to] = [words.get(nameOf(name)), places.get(nameOf(name))];
    return text === undefined || to === undefined ? all : `\`${text} <${to}>\`__`;
  });
}

/** "top-down_", whose name the compiler would begin after the hyphen. */
function linkNames(source: string): string {
  const names = [...source.matchAll(PLACES)]
    .map(([, name = '']) => name)
    .filter((name) => /^\w+(-\w+)+$/.test(name));
  return [...new Set(names)]
    .slice(0, MOST_NAMES)
    .reduce(
      (text, name) => text.replace(new RegExp(`(?<![\\w\`<-])${name}_(?![\\w\`])`, 'g'), `\`${name}\`_`),
      source,
    );
}

/** Each costs a look at the whole text. */
const MOST_NAMES = 100;

/** A directive may be the first thing of a list item. */
const MATH = /^((?: |[-*+] |#?\w{0,3}[.)] )*)\.\. math:: *(.*)$/;

/** Blank lines part the equations of a block. */
function splitEquations(source: string): string {
  const lines = source.split('\n');
  const out: string[] = [];
  for (let at = 0; at < lines.length; ) {
    const [line = '', before, first] = MATH.exec(lines[at] ?? '') ?? [lines[at]];
    let end = at + 1;
    if (before !== undefined)
      while (end < lines.length && (lines[end] === '' || indentOf(lines[end] ?? '') > before.length))
        end += 1;
    if (before === undefined || first === undefined) out.push(line);
    else out.push(...equationsOf(lines.slice(at, end), before, first));
    at = end;
  }
  return out.join('\n');
}

function equationsOf(block: readonly string[], before: string, first: string): readonly string[] {
  const parts = [first, ...block.slice(1)]
    .join('\n')
    .trim()
    .split(/\n{2,}/)
    .filter(Boolean);
  const isOne = parts.length < 2 || /\\begin\b|^ *:[\w-]+:/m.test(parts.join('\n'));
  if (isOne) return block;
  const indent = ' '.repeat(before.length);
  return parts.flatMap((part, at) => [
    `${at === 0 ? before : indent}.. math::`,
    '',
    ...part.split('\n').map((line) => `${indent}   ${line.trim()}`),
    '',
  ]);
}

/** What MathJax makes a formula of on INGInious' pages, as docutils leaves it: a backslash there is two here. */
const FORMULA = /\$\$([^$`\n]{1,1000})\$\$|\\\\\(([^`\n]{1,1000}?)\\\\\)|\\\\\[([^`\n]{1,1000}?)\\\\\]/g;

/** A formula on lines of its own. */
const DISPLAYED = /(?<=^|\n\n)\$\$\n([^$\n](?:[^$\n]|\n(?!\n)){0,1000}?)\n\$\$(?=\n\n|\n?$)/g;

function withFormulas(whole: string): string {
  if (!whole.includes('$$') && !whole.includes('\\\\')) return whole;
  const source = whole.replace(
    DISPLAYED,
    (_, formula: string) => `.. math::\n\n${formula.replace(/^/gm, '   ').replaceAll('\\\\', '\\')}`,
  );
  let literal: number | null = null;
  return source
    .split('\n')
    .map((line) => {
      if (literal !== null && line !== '' && indentOf(line) <= literal) literal = null;
      if (literal !== null) return line;
      if (/::$|^ *\.\. (?!\uE001)/.test(line)) literal = indentOf(line);
      return line
        .split(/(``.*?``)/)
        .map(withFormulasIn)
        .join('');
    })
    .join('\n');
}

function withFormulasIn(text: string, at: number): string {
  if (at % 2 === 1) return text;
  return text.replace(FORMULA, (_, ...found: (string | undefined)[]) => {
    const formula = (found[0] ?? found[1] ?? found[2] ?? '').replaceAll('\\\\', '\\').trim();
    return `:math:\`${formula}\``;
  });
}
