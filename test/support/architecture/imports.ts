/** Which of our files imports which, read by a real parser: also types, `import('…')` in types, comments of .mjs. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parseSync, type StaticExportEntry, type StaticImport, Visitor } from 'oxc-parser';

export const ROOT = resolve(import.meta.dirname, '../../..');
const FOLDERS = ['server', 'grading-api', 'web', 'attacks', 'bench', 'bin', 'deploy', 'setup', 'test'];

export const files: string[] = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
)
  .filter((name) => /\.(ts|mjs)$/.test(name) && !name.includes('/dist/'))
  .sort();

export type Import = {
  to: string;
  /** Gone when the program runs. */
  typeOnly: boolean;
};

export const readImports = (): Map<string, Import[]> => new Map(files.map((file) => [file, importsOf(file)]));

function importsOf(file: string): Import[] {
  const source = readFileSync(join(ROOT, file), 'utf8');
  return importsIn(file, source).map(({ to, typeOnly }) => ({
    to: relative(ROOT, resolve(ROOT, dirname(file), to)),
    typeOnly,
  }));
}

/** The relative ones of a text, as they are written. */
export function importsIn(file: string, source: string): Import[] {
  const { module, program, comments, errors } = parseSync(file, source);
  if (errors[0]) throw new Error(`${file}: ${errors[0].message}`);
  const found = [
    ...module.staticImports.map(ofImport),
    ...module.staticExports.flatMap(({ entries }) => entries.flatMap(ofExport)),
    ...module.dynamicImports.map(({ moduleRequest: { start, end } }) => ({
      to: /^['"](.*)['"]$/.exec(source.slice(start, end))?.[1] ?? '',
      typeOnly: false,
    })),
    ...comments.flatMap(({ value }) =>
      [...value.matchAll(/\bimport\('([^']+)'\)/g)].map(([, to = '']) => ({ to, typeOnly: true })),
    ),
  ];
  if (source.includes('import(')) {
    new Visitor({
      TSImportType: ({ source: { value } }) => void found.push({ to: value, typeOnly: true }),
    }).visit(program);
  }
  return found.filter(({ to }) => to.startsWith('.'));
}

const ofImport = ({ moduleRequest, entries }: StaticImport): Import => ({
  to: moduleRequest.value,
  typeOnly: entries.length > 0 && entries.every(({ isType }) => isType),
});

const ofExport = ({ moduleRequest, isType }: StaticExportEntry): Import[] =>
  moduleRequest ? [{ to: moduleRequest.value, typeOnly: isType }] : [];
