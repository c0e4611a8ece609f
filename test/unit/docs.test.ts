/** What the documents name is there: files, links, commands and their options. */
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { createProgram } from '../../server/cli/program.ts';
import { completedCommands } from '../../server/cli/shell/model.ts';
import { PROJECT_FOLDER } from '../../server/config/config.ts';

// The change log tells what was.
const names = globSync(['[!C]*.md', 'CONTRIBUTING.md', 'docs/**/*.md'], { cwd: PROJECT_FOLDER });
const documents = names.map((name) => ({
  name,
  text: readFileSync(join(PROJECT_FOLDER, name), 'utf8'),
}));
const commands = new Map(completedCommands(createProgram()).map((command) => [command.path, command]));

test.each(documents)('$name links to what is there', ({ name, text }) => {
  const links = [...text.matchAll(/\]\((?!\w+:|#)([^)#\s]+)/g)].map(([, link]) => link ?? '');
  const missing = links.filter((link) => !existsSync(join(PROJECT_FOLDER, dirname(name), link)));
  expect(missing).toEqual([]);
});

test.each(documents)('$name names our files and folders by the names they have', ({ text }) => {
  const folders = readdirSync(PROJECT_FOLDER, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  // Others are made when the program runs (data/), or are not ours in a document (bin/bash).
  const ours = folders
    .map((entry) => entry.name)
    .filter((name) => !/^(\..*|data|bin|node_modules)$/.test(name));
  const named = text.matchAll(new RegExp(`(?<![\\w./-])(?:${ours.join('|')})/[\\w./-]+(?![\\w*<{$])`, 'g'));
  const paths = [...named].map(([path]) => path.replace(/[./]+$/, ''));
  expect(paths.filter((path) => !existsSync(join(PROJECT_FOLDER, path)))).toEqual([]);
});

test.each(documents)('$name calls commands as the program has them', ({ text }) => {
  expect(callsIn(text).flatMap(({ call, words }) => faultsOf(call, words))).toEqual([]);
});

test('the commands of the documents are found at all', () => {
  const calls = documents.flatMap(({ text }) => callsIn(text));
  expect(calls.length).toBeGreaterThan(100);
  expect(faultsOf('', ['env', 'lost', '--json'])).not.toEqual([]);
  expect(faultsOf('', ['env', 'list', '--lost'])).not.toEqual([]);
});

/** Of blocks and `spans`: what stands behind "gradeport"; and what begins with a noun of it and a verb. */
function callsIn(text: string): { call: string; words: string[] }[] {
  const pieces: string[] = [];
  for (const [index, part] of text.split(/^\s*```.*$/m).entries()) {
    if (index % 2 === 1) pieces.push(...part.split('\n'));
    else pieces.push(...[...part.matchAll(/`([^`]+)`/g)].map(([, span]) => span ?? ''));
  }
  return pieces.flatMap((piece) =>
    piece.split(/ \| | && |;|\$\(|# /).flatMap((call) => {
      const words = call.trim().split(/\s+/);
      const at = words.indexOf('gradeport');
      const isVerb = commands.has(words.slice(0, 2).join('/'));
      return at >= 0 || isVerb ? [{ call, words: words.slice(at + 1) }] : [];
    }),
  );
}

function faultsOf(call: string, words: readonly string[]): string[] {
  let [path, depth] = ['', 0];
  for (let next = words[0] ?? ''; commands.has(next); next = `${path}/${words[depth]}`) {
    path = next;
    depth += 1;
  }
  const command = commands.get(path);
  const verb = words[depth] ?? '';
  if (command?.children.length && /^[a-z][a-z-]*$/.test(verb)) return [`${call}: there is no ${verb}`];
  const known = new Set(['--help', '--version', ...(command?.options.map(({ long }) => long) ?? [])]);
  const options = words.slice(depth).flatMap((word) => /^--[a-z][\w-]*/.exec(word)?.[0] ?? []);
  return options.filter((option) => !known.has(option)).map((option) => `${call}: there is no ${option}`);
}
