/** What code says: the messages that it uses, and English that is in no catalogue. Read with oxc's parser. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';
import { PROJECT_FOLDER } from '../../../server/config/config.ts';
import type { Use } from './in-views.ts';

export type CodeFile = { path: string; source: string };
type Found = { strings: { text: string; line: number }[]; calls: Use[] };

export function readCode(...folders: string[]): CodeFile[] {
  return folders.flatMap((folder) =>
    readdirSync(join(PROJECT_FOLDER, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
      .sort()
      .map((name) => ({
        path: `${folder}/${name}`,
        source: readFileSync(join(PROJECT_FOLDER, folder, name), 'utf8'),
      })),
  );
}

function read({ path, source }: CodeFile): Found {
  const found: Found = { strings: [], calls: [] };
  const left: [start: number, end: number][] = [];
  const lineAt = (offset: number): number => source.slice(0, offset).split('\n').length;
  const leaveOut = (start: number, end: number): void => void left.push([start, end]);
  const isLeftOut = (at: number): boolean => left.some(([start, end]) => start <= at && at < end);
  const { program } = parseSync(path, source);
  new Visitor({
    // Sentences of exceptions and of the log are not the page's.
    NewExpression({ callee, start, end }) {
      if (callee.type !== 'Identifier' || !callee.name.endsWith('Error')) return;
      leaveOut(start, end);
    },
    CallExpression({ callee, arguments: [first, second], start, end }) {
      if (
        callee.type === 'MemberExpression' &&
        callee.object.type === 'Identifier' &&
        callee.object.name === 'log'
      )
        leaveOut(start, end);
      const isT =
        (callee.type === 'Identifier' && callee.name === 't') ||
        (callee.type === 'MemberExpression' && 'name' in callee.property && callee.property.name === 't');
      if (!isT || first?.type !== 'Literal' || typeof first.value !== 'string') return;
      const properties = second?.type === 'ObjectExpression' ? second.properties : [];
      const parameters = properties.flatMap((one) =>
        one.type === 'Property' && one.key.type === 'Identifier' ? [one.key.name] : [],
      );
      found.calls.push({ place: `${path}:${lineAt(start)}`, key: first.value, parameters });
    },
    Literal({ value, start }) {
      if (typeof value === 'string' && !isLeftOut(start))
        found.strings.push({ text: value, line: lineAt(start) });
    },
    TemplateElement({ value, start }) {
      if (!isLeftOut(start)) found.strings.push({ text: value.raw, line: lineAt(start) });
    },
  }).visit(program);
  return found;
}

/** Calls of t with a key that is written there. */
export const callsIn = (file: CodeFile): Use[] => read(file).calls;

/** Everything that is written like a key: keys also stand in tables. */
export const keysIn = (file: CodeFile, isKey: (text: string) => boolean): string[] =>
  read(file)
    .strings.map(({ text }) => text)
    .filter(isKey);

/** Two words, or one with a capital letter. */
const ENGLISH = /\p{L}{2,}[,:]?\s+\p{L}{2,}|^\p{Lu}\p{Ll}+[.…:!?]?$/u;

export function englishIn(file: CodeFile, isKnown: (text: string) => boolean): string[] {
  return read(file)
    .strings.filter(({ text }) => ENGLISH.test(text.trim()) && !isKnown(text))
    .map(({ text, line }) => `${file.path}:${line}: ${text}`);
}
