/** Bundles the browser's scripts and styles with esbuild. Does nothing when the sources have not changed. */
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'esbuild';

export const WEB = dirname(fileURLToPath(import.meta.url));
const STAMP = '.stamp';
const ENTRIES = [
  'client/pages/every-page.ts',
  'client/pages/task.ts',
  'client/pages/run.ts',
  'client/pages/build.ts',
  'client/pages/environment.ts',
  'client/pages/environments.ts',
  'client/pages/job.ts',
  'client/pages/statement-frame.ts',
  'styles/style.css',
  'styles/statement-frame.css',
];
/** Everything that affects a bundle: our sources, the partials compiled into them, messages, and shared texts. */
const SOURCES = ['client', 'messages', 'styles', 'views/partials', '../server/text'];

/** The folders of these files, relative to web/. */
export const sourceFolders = (): string[] => ['.', ...SOURCES.flatMap(withFoldersIn)];

function withFoldersIn(folder: string): string[] {
  const entries = readdirSync(join(WEB, folder), { withFileTypes: true });
  const inside = entries.filter((entry) => entry.isDirectory()).map(({ name }) => `${folder}/${name}`);
  return [folder, ...inside.flatMap(withFoldersIn)];
}

export async function buildClient({ outFolder }: { outFolder: string }): Promise<{ built: boolean }> {
  const stamp = await hashSources();
  if ((await readFile(join(outFolder, STAMP), 'utf8').catch(() => '')) === stamp) return { built: false };
  await mkdir(dirname(outFolder), { recursive: true });
  const fresh = await mkdtemp(`${outFolder}.new-`);
  try {
    await bundle(fresh);
    await writeFile(join(fresh, STAMP), stamp);
    // A temporary folder is private to its creator; the user that serves these files may be another one.
    await chmod(fresh, 0o755);
    await replaceFolder(outFolder, fresh);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return { built: true };
}

async function hashSources(): Promise<string> {
  const files = await Promise.all(sourceFolders().map(listFiles));
  const hash = createHash('sha256');
  for (const file of [...files.flat(), join(WEB, '../package-lock.json')]) {
    hash.update(`${file}\0`).update(await readFile(file));
  }
  return hash.digest('hex');
}

async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(join(WEB, folder), { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile()).map((entry) => join(WEB, folder, entry.name));
  return names.sort();
}

async function bundle(outdir: string): Promise<void> {
  // Loaded only here: the usual start finds everything built and need not wait for a compiler.
  const { build } = await import('esbuild');
  await build({
    entryPoints: ENTRIES.map((name) => join(WEB, name)),
    outdir,
    entryNames: '[name]',
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    // Entry points have plain names for the views; the chunks that they share carry a hash.
    chunkNames: 'chunk-[hash]',
    legalComments: 'none',
    logLevel: 'silent',
    plugins: [compileViews],
  });
}

const compileViews: Plugin = {
  name: 'views',
  setup(build) {
    build.onLoad({ filter: /\.hbs$/ }, async ({ path }) => {
      const { default: Handlebars } = await import('handlebars');
      const { helpersIn } = await import('./helpers.ts');
      const { ENGLISH } = await import('./languages.ts');
      const knownHelpers = Object.fromEntries(Object.keys(helpersIn(ENGLISH)).map((name) => [name, true]));
      const compiled = Handlebars.precompile(await readFile(path, 'utf8'), { knownHelpers });
      const contents = `import Handlebars from 'handlebars/runtime.js';\nexport default Handlebars.template(${compiled});`;
      return { contents, loader: 'js', resolveDir: WEB };
    });
  },
};

/** Two processes may build at once: the second one keeps the result of the first. */
async function replaceFolder(target: string, fresh: string): Promise<void> {
  await rm(target, { recursive: true, force: true });
  await rename(fresh, target).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
}
