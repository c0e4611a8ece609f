/**
 * Texts of others → HTML that is safe to show. Descriptions come from teachers; feedback comes from graders and
 * carries the output of students' programs, so every text is treated as hostile: bounded in size, in time and in
 * what the result may contain. It is work for a thread (render.ts): sanitising alone may take a minute.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import { createContext, Script } from 'node:vm';
import { RstToHtmlCompiler } from 'rst-compiler';
import type { Shown } from '../../model/report-html.ts';
import { bytesText } from '../../text/quantities.ts';
import { takePicturesOut } from './pictures.ts';
import { extend, parserOptions } from './rst-blocks.ts';
import { takeCodeOut } from './rst-code.ts';
import { asTheCompilerReads, fromTheMargin } from './rst-docutils.ts';
import { sanitiseHtml } from './rst-sanitise.ts';
import {
  escapeAmpersands,
  escapeHtml,
  hideAmpersands,
  indentOf,
  normaliseSource,
  withEvenIndent,
} from './rst-source.ts';
import { always } from './shown.ts';

const MAX_CHARACTERS = 256 * 1024;
/** Formulas are many times longer as HTML. */
const MAX_HTML = 2 ** 20;
/** A usual text takes 3 ms. Some inputs keep the compiler's regular expressions busy for ever. */
const MAX_MS = 400;
/** Below the deadline of its thread. */
const BUSY_MACHINE_MS = 2000;

const silent = { disableWarnings: true, disableErrors: true };
const HIDDEN = /hidden-until/i;

/** framed: reStructuredText whose HTML stays as its author wrote it, for a frame that keeps it apart (framed.ts). */
export type Format = 'rst' | 'html' | 'framed';

/** @param base where relative addresses start: text-place.ts */
export function compileText(format: Format, source: string, base = '/'): Shown {
  const { text: words, putBack } = takePicturesOut(source);
  const text = format === 'html' ? words : normaliseSource(words);
  if (text.trim() === '') return [];
  return compileWords(format, text, base).map(({ html, from }) => ({ html: putBack(html), from }));
}

function compileWords(format: Format, text: string, base: string): Shown {
  const isMarkup = format !== 'html';
  if (text.length > MAX_CHARACTERS) return always(tooLong(text));
  checkDescriptors();
  try {
    const shown = withinTime(() =>
      isMarkup
        ? compile(text, (html) => (format === 'framed' ? html : sanitiseHtml(html, base)))
        : always(sanitiseHtml(text, base)),
    );
    if (shown.reduce((sum, { html }) => sum + html.length, 0) <= MAX_HTML) return shown;
  } catch {
    // It is shown as written.
  }
  // Except for parts that the compiler would have hidden.
  const hides = isMarkup && HIDDEN.test(text);
  return always(hides ? '<p>This text cannot be shown: it is not valid.</p>' : escaped(text));
}

function compile(text: string, clean: Clean): Shown {
  const compiler = new RstToHtmlCompiler();
  const taken = takeCodeOut(fromTheMargin(text));
  const hidden = createHidden(clean);
  const read = asTheCompilerReads(taken.text, hidden.hide);
  const indent = indentOf(read);
  const source = withEvenIndent(read, indent);
  extend(compiler, taken.blocks, hidden.hide);
  // A copy: the compiler adds its own directives to the lists that it is given.
  const options = { ...silent, ...structuredClone(parserOptions), inputIndentSize: indent };
  const output = compiler.compile(
    hideAmpersands(source),
    { ...options, parseFirstFieldListAsDocumentMeta: false },
    {
      ...silent,
      outputIndentSize: 0,
      katex: { opts: { output: 'mathml', throwOnError: false, strict: 'ignore', displayMode: true } },
    },
  );
  return hidden.piecesOf(output.body, null);
}

type Clean = (html: string) => string;

/**
 * What is hidden is sanitised on its own, and put in its place only there where it is content: a text could hold an
 * attribute open around it. The marks have a name that no text can know.
 */
function createHidden(clean: Clean) {
  const name = randomBytes(8).toString('hex');
  const mark = new RegExp(`${name}-(\\d+);`);
  const parts: { html: string; from: number | null }[] = [];

  function piecesOf(body: string, since: number | null): Shown {
    const cleaned = clean(escapeAmpersands(body)).replace(/<[^>]*>/g, (tag) => tag.replaceAll(name, ''));
    return cleaned.split(mark).flatMap((part, at) => {
      if (at % 2 === 0) return part === '' ? [] : [{ html: part, from: since }];
      const { html, from } = parts[Number(part)] ?? { html: '', from: null };
      return from === null ? [] : piecesOf(html, Math.max(from, since ?? from));
    });
  }

  return {
    hide: (html: string, from: number | null) => `${name}-${parts.push({ html, from }) - 1};`,
    piecesOf,
  };
}

const escaped = (text: string): string => `<pre>${escapeHtml(text)}</pre>`;

function tooLong(text: string): string {
  const cut = text.slice(0, MAX_CHARACTERS).replace(/[\uD800-\uDBFF]$/, '');
  const note = `This text is longer than ${bytesText(MAX_CHARACTERS)}; the rest is left out.`;
  return HIDDEN.test(text) ? `<p>${note}</p>` : `${escaped(cut)}<p>${note}</p>`;
}

/** More than a clock takes: other threads may open some meanwhile. */
const FOR_A_CLOCK = 16;

/** Node's vm is the one way to stop a regular expression that runs too long. */
const context: { job: () => void } = { job: () => {} };
createContext(context);
const script = new Script('job()');

/**
 * The limit is processor time. Node has a clock for it alone; where it ran while this thread did not, there is another try.
 * @throws when the work takes too long
 */
function withinTime<T>(work: () => T): T {
  const before = cpuMs();
  try {
    return withinClock(work, MAX_MS);
  } catch (error) {
    const wasWaiting = isTimeout(error) && cpuMs() - before < MAX_MS / 2;
    if (!wasWaiting) throw error;
    return withinClock(work, BUSY_MACHINE_MS);
  }
}

const cpuMs = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};

/** It is an Error of the context, and none here. */
const isTimeout = (error: unknown): boolean =>
  typeof error === 'object' &&
  error !== null &&
  'code' in error &&
  error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';

/** Node's clock needs a few files of its own. Where it may open none, Node ends the whole process. */
function checkDescriptors(): void {
  const open: number[] = [];
  try {
    for (let count = 0; count < FOR_A_CLOCK; count += 1) open.push(openSync(devNull, 'r'));
  } finally {
    for (const file of open) closeSync(file);
  }
}

function withinClock<T>(work: () => T, ms: number): T {
  const done: { value?: T } = {};
  context.job = () => {
    done.value = work();
  };
  try {
    script.runInContext(context, { timeout: ms });
  } finally {
    context.job = () => {};
  }
  if (!('value' in done)) throw new Error('no result');
  return done.value as T;
}
