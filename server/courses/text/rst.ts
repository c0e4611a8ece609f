/**
 * reStructuredText → HTML that is safe to show. Descriptions come from teachers; feedback comes from graders and
 * carries the output of students' programs, so every text is treated as hostile: bounded in size, in time and in
 * what the result may contain.
 */
import { createContext, Script } from 'node:vm';
import { RstToHtmlCompiler } from 'rst-compiler';
import { bytesText } from '../../text/quantities.ts';
import { extend, parserOptions } from './rst-blocks.ts';
import { takeCodeOut } from './rst-code.ts';
import { sanitiseHtml } from './rst-sanitise.ts';
import { escapeAmpersands, escapeHtml, hideAmpersands, indentOf, normaliseSource } from './rst-source.ts';

const MAX_CHARACTERS = 256 * 1024;
/** A usual text takes 3 ms. Some inputs keep the compiler's regular expressions busy for ever. */
const MAX_MS = 400;
const KEPT_TEXTS = 300;
const KEPT_CHARACTERS = 16 * 2 ** 20;

const silent = { disableWarnings: true, disableErrors: true };
const HIDDEN = /hidden-until/i;

export const renderRst: (source: string) => string = memoise((source) => {
  const text = normaliseSource(source);
  if (text.trim() === '') return '';
  if (text.length > MAX_CHARACTERS) return tooLong(text);
  try {
    return withinTime(() => compile(text));
  } catch {
    // A text that the compiler cannot read is shown as written, except for parts that it would have hidden.
    return HIDDEN.test(text) ? '<p>This text cannot be shown: it is not valid.</p>' : escaped(text);
  }
});

/** A single line, such as a choice, without the paragraph around it. */
export function renderInline(source: string): string {
  const html = renderRst(source);
  const inner = /^<p>\s*([\s\S]*?)\s*<\/p>$/.exec(html)?.[1];
  return inner === undefined || inner.includes('<p>') ? html : inner;
}

function compile(text: string): string {
  const compiler = new RstToHtmlCompiler();
  const taken = takeCodeOut(text);
  extend(compiler, taken.blocks);
  // A copy: the compiler adds its own directives to the lists that it is given.
  const options = { ...silent, ...structuredClone(parserOptions), inputIndentSize: indentOf(taken.text) };
  const output = compiler.compile(
    hideAmpersands(taken.text),
    { ...options, parseFirstFieldListAsDocumentMeta: false },
    {
      ...silent,
      outputIndentSize: 0,
      katex: { opts: { output: 'mathml', throwOnError: false, strict: 'ignore', displayMode: true } },
    },
  );
  return sanitiseHtml(escapeAmpersands(output.body));
}

const escaped = (text: string): string => `<pre>${escapeHtml(text)}</pre>`;

function tooLong(text: string): string {
  const cut = text.slice(0, MAX_CHARACTERS).replace(/[\uD800-\uDBFF]$/, '');
  const note = `This text is longer than ${bytesText(MAX_CHARACTERS)}; the rest is left out.`;
  return HIDDEN.test(text) ? `<p>${note}</p>` : `${escaped(cut)}<p>${note}</p>`;
}

/** Node's vm is the one way to stop a regular expression that runs too long. */
const context: { job: () => void } = { job: () => {} };
createContext(context);
const script = new Script('job()');

function withinTime<T>(work: () => T): T {
  const done: { value?: T } = {};
  context.job = () => {
    done.value = work();
  };
  try {
    script.runInContext(context, { timeout: MAX_MS });
  } finally {
    context.job = () => {};
  }
  if (!('value' in done)) throw new Error('no result');
  return done.value as T;
}

/** Caches the last texts, bounded in number and size. A text that hides something depends on the clock. */
function memoise(render: (source: string) => string): (source: string) => string {
  const kept = new Map<string, string>();
  let characters = 0;
  const forget = (source: string): void => {
    characters -= source.length + (kept.get(source)?.length ?? 0);
    kept.delete(source);
  };
  const keep = (source: string, html: string): void => {
    kept.set(source, html);
    characters += source.length + html.length;
    for (const oldest of kept.keys()) {
      if (kept.size <= KEPT_TEXTS && characters <= KEPT_CHARACTERS) break;
      forget(oldest);
    }
  };
  return (source) => {
    const known = kept.get(source);
    const html = known ?? render(source);
    if (known !== undefined) forget(source);
    if (!HIDDEN.test(source)) keep(source, html);
    return html;
  };
}
