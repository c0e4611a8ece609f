/** COPY and ADD: are their files in the build context, and does ADD reach for the network? Pure. */
import { type LintFacts, type Say, shown } from './facts.ts';
import type { Instruction } from './parse.ts';

/** More wildcards than people write: a pattern with many takes long to fail. */
const MAX_WILDCARDS = 8;
/** Longer than a Linux path may be. */
const MAX_PATH = 4096;

export function lintSources({ keyword, flags, rest, line }: Instruction, facts: LintFacts, say: Say): void {
  const words = sourcesOf(rest);
  if (words === null) {
    say(line, 'error', `${keyword} needs what to copy, and where to.`);
    return;
  }
  if (keyword === 'ADD' && !facts.network && !isPlain(rest)) {
    say(
      line,
      'error',
      'Write the sources of ADD out, without variables, quotes and backslashes; or use COPY.',
    );
    return;
  }
  const fromStage = flags.some((flag) => flag.startsWith('--from='));
  for (const source of words) {
    if (/^[a-z][a-z\d+.-]*:\/\//i.test(source) || source.startsWith('git@'))
      lintUrl(keyword, line, facts, say);
    else if (!fromStage && facts.files !== null) lintFile(source, line, facts.files, say);
  }
}

/** All words but the last, which is the destination; null: too few words. */
function sourcesOf(rest: string): string[] | null {
  const words = jsonWords(rest) ?? rest.split(/\s+/).filter(Boolean);
  return words.length < 2 ? null : words.slice(0, -1);
}

function jsonWords(rest: string): string[] | null {
  if (!rest.startsWith('[')) return null;
  try {
    const parsed: unknown = JSON.parse(rest);
    return Array.isArray(parsed) && parsed.every((one) => typeof one === 'string') ? parsed : null;
  } catch {
    return null;
  }
}

/** A word that the builder uses literally: nothing in it can become an address. */
const isPlain = (rest: string): boolean =>
  jsonWords(rest) === null ? !/["'$\\]/.test(rest) : !/[$\\]/.test(rest);

function lintUrl(keyword: string, line: number, { network, networkHint }: LintFacts, say: Say): void {
  if (keyword === 'COPY') say(line, 'error', 'COPY takes files of the build context, no addresses.');
  else if (network) {
    say(
      line,
      'warning',
      'What ADD fetches may be another file the next time: download it once, and COPY it.',
    );
  } else {
    say(line, 'error', `ADD of an address needs the network, and builds here have none. ${networkHint}`);
  }
}

function lintFile(source: string, line: number, files: readonly string[], say: Say): void {
  if (/["'$\\]/.test(source)) return;
  if (source.length > MAX_PATH) {
    say(line, 'error', `No file has a name as long as "${shown(source)}".`);
    return;
  }
  if (source.split('/').includes('..')) {
    say(line, 'error', `"${shown(source)}" leads out of the folder: only what is in it can be copied.`);
    return;
  }
  const path = source.replace(/^(\.?\/+)+/, '').replace(/\/+$/, '');
  if (path === '' || path === '.' || isThere(path, files)) return;
  const many =
    files.length > 1 ? ` It holds ${files.length} files.` : ' It holds nothing but the Dockerfile.';
  say(line, 'error', `There is no "${shown(source)}" in the folder.${many}`);
}

function isThere(path: string, files: readonly string[]): boolean {
  if (!/[*?[]/.test(path)) return files.some((file) => file === path || file.startsWith(`${path}/`));
  const pattern = patternOf(path);
  return pattern === null || files.some((file) => pattern.test(file));
}

/** A wildcard stays within its folder; null: the pattern is not judged. */
function patternOf(path: string): RegExp | null {
  const parts = path.replace(/\*+/g, '*').split(/([*?[\]])/);
  if (parts.length > 2 * MAX_WILDCARDS || path.includes('[')) return null;
  const source = parts.map((part) => {
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    return part.replace(/[.+^${}()|\\\]]/g, '\\$&');
  });
  return new RegExp(`^${source.join('')}(?:/.*)?$`);
}
