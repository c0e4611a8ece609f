/** The verbs of the server, read from its code, and which page, API route and command asks each. */
import { readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseSync } from 'oxc-parser';
import { files, ROOT } from '../architecture/imports.ts';

export type Verb = { name: string; file: string; page: string[]; api: string[]; command: string[] };

/** Where people ask: another verb or a test that uses one is no face. */
const FACES = {
  page: ['server/site/pages/', 'server/site/door/'],
  api: ['server/site/api/', 'server/site/door/'],
  command: ['server/cli/'],
} as const;

/** `export const createGroup = verb({…})`, and the same with longVerb. */
function verbsIn(file: string): string[] {
  const { program } = parseSync(file, readFileSync(join(ROOT, file), 'utf8'));
  return program.body.flatMap((statement) => {
    if (statement.type !== 'ExportNamedDeclaration') return [];
    const { declaration } = statement;
    if (declaration?.type !== 'VariableDeclaration') return [];
    return declaration.declarations.flatMap(({ id, init }) =>
      id.type === 'Identifier' &&
      init?.type === 'CallExpression' &&
      init.callee.type === 'Identifier' &&
      ['verb', 'longVerb'].includes(init.callee.name)
        ? [id.name]
        : [],
    );
  });
}

/** "server/people/group-verbs.ts createGroup" for each name that a file imports. */
function importsOf(file: string): string[] {
  const { module } = parseSync(file, readFileSync(join(ROOT, file), 'utf8'));
  return module.staticImports.flatMap(({ moduleRequest, entries }) => {
    if (!moduleRequest.value.startsWith('.')) return [];
    const from = relative(ROOT, resolve(ROOT, file, '..', moduleRequest.value));
    return entries.flatMap(({ importName, isType }) => (isType ? [] : [`${from} ${importName.name}`]));
  });
}

export function readVerbs(): Verb[] {
  const ours = files.filter((file) => file.startsWith('server/') && file.endsWith('.ts'));
  const imports = new Map(ours.map((file) => [file, new Set(importsOf(file))]));
  const askers = (folders: readonly string[], verb: string): string[] =>
    ours.filter((file) => folders.some((one) => file.startsWith(one)) && imports.get(file)?.has(verb));
  return ours.flatMap((file) =>
    verbsIn(file).map((name) => {
      const of = (face: keyof typeof FACES) => askers(FACES[face], `${file} ${name}`);
      return { name, file, page: of('page'), api: of('api'), command: of('command') };
    }),
  );
}

const ticked = (paths: readonly string[]): string =>
  paths.map((path) => `\`${path.replace(/^server\/(?:site|cli)\//, '')}\``).join(', ') || '-';

/** As docs/verbs.md has it: rooms in the order of their files. */
export const verbTable = (verbs: readonly Verb[]): string =>
  [
    '| verb | file | page | API | command |',
    '|---|---|---|---|---|',
    ...verbs.map(
      ({ name, file, page, api, command }) =>
        `| \`${name}\` | \`${file}\` | ${ticked(page)} | ${ticked(api)} | ${ticked(command)} |`,
    ),
  ].join('\n');
