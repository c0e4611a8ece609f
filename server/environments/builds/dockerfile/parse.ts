/**
 * A Dockerfile as the engine's classic builder reads it: directives, comments, continuation lines, instructions.
 * Pure, and never throws. The lint uses this to keep builds from the network, so where the builder's
 * versions disagree (here documents, a doubled escape at a line's end), the parser reports a fault and does not guess.
 * Format: docs.docker.com/reference/dockerfile.
 */
import { wordsOf } from './words.ts';

export type Instruction = {
  /** Upper case: "RUN". */
  keyword: string;
  /** "--from=x" of COPY --from=x a b */
  flags: string[];
  /** What follows keyword and flags, continuation lines joined. */
  rest: string;
  /** The line of the file where this character of `rest` is. */
  lineAt(offset: number): number;
  /** Its first and last line in the file, counted from 1. */
  line: number;
  endLine: number;
  /** A here document follows, which the classic builder does not know. */
  hereDocument: boolean;
};

type Fault = { line: number; message: string };
export type Dockerfile = {
  instructions: Instruction[];
  faults: Fault[];
  /** The line of "# syntax=…", which the classic builder ignores. */
  syntaxLine: number | null;
  lines: number;
};

/** The escape character, which also continues a line; the directive that changes it is refused. */
const ESCAPE = '\\';
const DIRECTIVE = /^#[ \t]*([a-zA-Z]{1,20})[ \t]*=[ \t]*(.)/;
/** What the builder takes as a space at the beginning of a line; JavaScript's differs. */
const SPACES = /^[\t\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;
const trimStart = (line: string): string => line.replace(SPACES, '');
/** More lines, instructions and stages than any handwritten Dockerfile has: each costs time and memory. */
const MAX_LINES = 5000;
const MAX_INSTRUCTIONS = 1000;
const MAX_STAGES = 100;

export function parseDockerfile(text: string): Dockerfile {
  const all = text.replace(/^\uFEFF/, '').split('\n');
  const lines = all.slice(0, MAX_LINES).map((line) => line.replace(/\r$/, ''));
  const faults: Fault[] = [];
  const syntaxLine = readDirectives(lines, faults);
  if (all.length > MAX_LINES)
    faults.push({ line: MAX_LINES, message: `It has more than ${MAX_LINES} lines.` });
  const instructions: Instruction[] = [];
  let stages = 0;
  let at = 0;
  while (at < lines.length) {
    const { instruction, next } = readInstruction(lines, at, faults);
    at = next;
    if (!instruction) continue;
    if (instruction.keyword === 'FROM') stages += 1;
    const tooMany = whyTooMany(instructions.length, stages);
    if (tooMany !== null) {
      faults.push({ line: instruction.line, message: `${tooMany} The rest was not read.` });
      break;
    }
    instructions.push(instruction);
  }
  return { instructions, faults, syntaxLine, lines: lines.length };
}

function whyTooMany(instructions: number, stages: number): string | null {
  if (instructions >= MAX_INSTRUCTIONS) return `It has more than ${MAX_INSTRUCTIONS} instructions.`;
  return stages > MAX_STAGES ? `It has more than ${MAX_STAGES} stages.` : null;
}

/** Directives stand before anything else. @returns the line of "syntax" */
function readDirectives(lines: readonly string[], faults: Fault[]): number | null {
  let syntaxLine: number | null = null;
  for (const [index, line] of lines.entries()) {
    if (!isComment(line)) break;
    const [, name = '', value] = DIRECTIVE.exec(trimStart(line)) ?? [];
    if (name.toLowerCase() === 'syntax') syntaxLine = index + 1;
    // The builder's versions disagree on where this directive may stand, and so on which line ends where.
    if (name.toLowerCase() === 'escape' && value !== ESCAPE) {
      faults.push({ line: index + 1, message: 'The directive "escape" is for Windows: leave it out.' });
    }
  }
  return syntaxLine;
}

const isComment = (line: string): boolean => trimStart(line).startsWith('#');

/** Spaces and tabs only, as the builder does; a pattern would take seconds for a line of a million spaces. */
function trimBlanksAtEnd(line: string): string {
  let end = line.length;
  while (line[end - 1] === ' ' || line[end - 1] === '\t') end -= 1;
  return line.slice(0, end);
}

type Piece = { start: number; line: number };

function readInstruction(
  lines: readonly string[],
  at: number,
  faults: Fault[],
): { instruction: Instruction | null; next: number } {
  const first = trimStart(lines[at] ?? '');
  if (first === '' || first.startsWith('#')) return { instruction: null, next: at + 1 };
  const pieces: Piece[] = [];
  let joined = '';
  let next = at;
  let endLine = at + 1;
  for (let goesOn = true; goesOn && next < lines.length; next++) {
    const line = next === at ? first : (lines[next] ?? '');
    // Comments and empty lines inside an instruction are skipped, and do not end it.
    if (next > at && (isComment(line) || trimStart(line) === '')) continue;
    const trimmed = trimBlanksAtEnd(line);
    goesOn = trimmed.endsWith(ESCAPE);
    if (goesOn && trimmed.endsWith(ESCAPE + ESCAPE)) faults.push({ line: next + 1, message: DOUBLED });
    pieces.push({ start: joined.length, line: next + 1 });
    joined += goesOn ? trimmed.slice(0, -1) : line;
    endLine = next + 1;
  }
  const instruction = toInstruction(joined, pieces, at + 1, endLine);
  const end = hereDocumentEnd(instruction, lines, endLine);
  if (end === null) return { instruction, next };
  return { instruction: { ...instruction, hereDocument: true, endLine: end }, next: end };
}

const DOUBLED =
  'It ends with two backslashes: builders disagree whether the next line belongs to it. End it with one, or with none.';

function toInstruction(joined: string, pieces: readonly Piece[], line: number, endLine: number): Instruction {
  const [, keyword = '', tail = ''] = /^\s*(\S+)\s*([\s\S]*)$/.exec(joined) ?? [];
  let rest = tail;
  const flags: string[] = [];
  for (let flag = FLAG.exec(rest); flag; flag = FLAG.exec(rest)) {
    flags.push(flag[1] ?? '');
    rest = rest.slice(flag[0].length);
  }
  const offset = joined.length - rest.length;
  const lineAt = (place: number): number =>
    pieces.findLast(({ start }) => start <= place + offset)?.line ?? line;
  const [upper, trimmed] = [keyword.toUpperCase(), rest.trimEnd()];
  return { keyword: upper, flags, rest: trimmed, lineAt, line, endLine, hereDocument: false };
}

const FLAG = /^(--\S+)\s*/;
const HERE = /^\d*<<-?(["']?)([^\s<>"'$`\\]+)\1$/;

/** The line that ends the here document, or the file's last line; null: none begins here. */
function hereDocumentEnd(instruction: Instruction, lines: readonly string[], endLine: number): number | null {
  if (!['RUN', 'COPY', 'ADD'].includes(instruction.keyword)) return null;
  const begin = wordsOf(instruction.rest).find(({ text }) => HERE.test(text));
  const word = HERE.exec(begin?.text ?? '')?.[2];
  if (word === undefined) return null;
  const end = lines.findIndex((line, index) => index >= endLine && line.trim() === word);
  return end === -1 ? lines.length : end + 1;
}
