/** Gradeport's own dependencies as one archive: what `npm ci` installed, without what only developers need. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import tar from 'tar-stream';
import { z } from 'zod';
import type { JobNews } from '../../jobs/port.ts';
import { GradeportError } from '../../rules/errors.ts';

export type InstalledPackages = {
  /** The checkout, with package-lock.json and node_modules/. */
  folder: string;
  /** SHA-256 of package-lock.json. */
  lock: string;
  /** Paths such as node_modules/vitest, which only developers need. */
  leftOut: ReadonlySet<string>;
};

const MODULES = 'node_modules';
/** What set-up writes after an installation, setup/dependencies.mjs. */
const STAMP = `${MODULES}/.gradeport-lock`;
const lockSchema = z.object({ packages: z.record(z.string(), z.object({ dev: z.boolean().optional() })) });

/** Fails with "not-found" where another version of them, or none, is installed. */
export async function installedPackages(folder: string): Promise<InstalledPackages> {
  const text = await readFile(join(folder, 'package-lock.json'));
  const lock = createHash('sha256').update(text).digest('hex');
  const stamp = await readFile(join(folder, STAMP), 'utf8').catch(() => '');
  if (stamp.trim().split(' ')[0] !== lock)
    throw new GradeportError(
      'not-found',
      'The packages in node_modules/ are not those of package-lock.json: npm start installs them.',
    );
  const { packages } = lockSchema.parse(JSON.parse(text.toString('utf8')));
  const development = Object.entries(packages).flatMap(([path, { dev }]) => (dev === true ? [path] : []));
  return { folder, lock, leftOut: new Set(development) };
}

export async function writePackages(
  packages: InstalledPackages,
  file: string,
  news: JobNews,
  stopped: AbortSignal,
): Promise<void> {
  const pack = tar.pack();
  let files = 0;
  const onFile = () => {
    files += 1;
    news.progress({ step: `packing Gradeport's packages, ${files} files`, done: files, total: null });
  };
  const add = async () => {
    await addFolder(pack, packages, MODULES, onFile);
    pack.entry({ name: STAMP }, `${packages.lock} without development\n`);
    pack.finalize();
  };
  const target = createWriteStream(file, { flags: 'wx', mode: 0o600 });
  await Promise.all([pipeline(pack, createGzip({ level: 4 }), target, { signal: stopped }), add()]);
}

/** Caches, the stamp and npm's own list begin with a dot; the links to programs are in .bin. */
const isOurs = (name: string): boolean => !name.startsWith('.') || name === '.bin';

async function addFolder(
  pack: tar.Pack,
  packages: InstalledPackages,
  path: string,
  onFile: () => void,
): Promise<void> {
  for (const name of (await readdir(join(packages.folder, path))).sort()) {
    const below = `${path}/${name}`;
    if (packages.leftOut.has(below) || (path === MODULES && !isOurs(name))) continue;
    await addOne(pack, packages, below, onFile);
  }
}

async function addOne(
  pack: tar.Pack,
  packages: InstalledPackages,
  name: string,
  onFile: () => void,
): Promise<void> {
  const full = join(packages.folder, name);
  const info = await lstat(full);
  if (info.isDirectory()) return addFolder(pack, packages, name, onFile);
  if (info.isSymbolicLink()) {
    const linkname = await readlink(full);
    if (!leadsToLeftOut(packages, linkname)) pack.entry({ name, type: 'symlink', linkname });
    return;
  }
  if (!info.isFile()) return;
  onFile();
  const mode = info.mode & 0o111 ? 0o755 : 0o644;
  await pipeline(createReadStream(full), pack.entry({ name, mode, size: info.size }));
}

/** "../vitest/vitest.mjs", as the links in .bin are. */
function leadsToLeftOut({ leftOut }: InstalledPackages, linkname: string): boolean {
  const [, scope = '', name = ''] = /^\.\.\/(@[^/]+\/)?([^/]+)/.exec(linkname) ?? [];
  return leftOut.has(`${MODULES}/${scope}${name}`);
}
