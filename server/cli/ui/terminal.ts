/** Words for people on stderr, data on stdout; colour only on a terminal whose user wants it. */
import pc from 'picocolors';
import { plainText } from '../../text/hostile.ts';

/** A terminal that can rewrite a line; a "dumb" one cannot. */
const isTalkTty = process.stderr.isTTY === true && process.env['TERM'] !== 'dumb';
const isForced = (process.env['FORCE_COLOR'] ?? '') !== '';
/** NO_COLOR and TERM=dumb are honoured by picocolors. */
export const colors = pc.createColors(
  pc.isColorSupported && (isForced || isTalkTty || process.stdout.isTTY === true),
);

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
const COLOUR = /\u001b\[\d+m/g;

/** One stream may be a terminal while the other is a file: the file gets no colour. */
function write(stream: NodeJS.WriteStream, text: string): void {
  const shown = stream.isTTY === true || isForced ? text : text.replace(COLOUR, '');
  stream.write(shown.endsWith('\n') ? shown : `${shown}\n`);
}

/** Errors quote registries and engines: everything that moves the cursor is removed. */
export const talk = (line: string): void => write(process.stderr, `${harmlessButColoured(line)}\n`);
export const data = (text: string): void => write(process.stdout, text);
export const json = (value: unknown): void => data(JSON.stringify(value, null, 2));

/** A line that is rewritten on a terminal, and otherwise printed at most every few seconds. */
export function createProgress(everyMs = 5000): { line(text: string): void; end(): void } {
  let lastSaid = 0;
  return {
    line(text) {
      if (isTalkTty) {
        // A serial line, or a recorder of terminals, reports no size.
        const width = Math.max(20, (process.stderr.columns || 80) - 1);
        process.stderr.write(`\r\x1b[K${text.slice(0, width)}`);
      } else if (performance.now() - lastSaid > everyMs) {
        lastSaid = performance.now();
        talk(text);
      }
    },
    end() {
      if (isTalkTty) process.stderr.write('\r\x1b[K');
    },
  };
}

/** The output of a program or an image, made harmless: a student's output must not move the cursor. */
export const harmless = plainText;

/** The same, but colours stay: they are ours, or harmless. */
export function harmlessButColoured(text: string): string {
  const colours = text.match(COLOUR) ?? [];
  return text
    .split(COLOUR)
    .map((part, at) => harmless(part) + (colours[at] ?? ''))
    .join('');
}

/** Columns aligned by spaces: readable, and easy for awk. */
export function table(headers: readonly string[], rows: readonly (readonly string[])[]): string {
  // A line end would forge a row.
  const all = [headers, ...rows].map((row) => row.map((cell) => cell.replace(/[\t\n]/g, ' ')));
  const widths = headers.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
