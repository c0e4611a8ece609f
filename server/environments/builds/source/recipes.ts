/** The Dockerfiles in environments/ as recipes: their bases, their order, and whether they have changed. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GradeportError } from '../../../rules/errors.ts';

export const PREFIX = 'gradeport/';

export type Recipe = { name: string; folder: string; base: string; hash: string };

/** All recipes of a folder, each after the one that it is built on. */
export async function readRecipes(folder: string): Promise<Recipe[]> {
  const found = await Promise.all((await readdir(folder)).map((name) => readRecipe(folder, name)));
  return inOrder(found.filter((entry) => entry !== null));
}

async function readRecipe(folder: string, name: string): Promise<Recipe | null> {
  const path = join(folder, name);
  const dockerfile = await readFile(join(path, 'Dockerfile'), 'utf8').catch(() => null);
  if (dockerfile === null) return null;
  const base = /^FROM\s+(\S+)/im.exec(dockerfile)?.[1] ?? '';
  const hash = createHash('sha256');
  for (const entry of (await readdir(path, { recursive: true, withFileTypes: true })).sort(byPath)) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    hash.update(file.slice(path.length)).update(await readFile(file));
  }
  return { name, folder: path, base, hash: hash.digest('hex') };
}

type Placed = { parentPath: string; name: string };
const byPath = (a: Placed, b: Placed) => join(a.parentPath, a.name).localeCompare(join(b.parentPath, b.name));

function inOrder(recipes: readonly Recipe[]): Recipe[] {
  const ordered: Recipe[] = [];
  let waiting = [...recipes];
  while (waiting.length > 0) {
    const isWaiting = (base: string) => waiting.some(({ name }) => base === PREFIX + name);
    const next = waiting.filter(({ base }) => !isWaiting(base));
    if (next.length === 0)
      throw new GradeportError('internal', 'environments/: the Dockerfiles build on each other in a circle.');
    ordered.push(...next);
    waiting = waiting.filter((recipe) => !next.includes(recipe));
  }
  return ordered;
}

/** These recipes and all recipes that they are built on. */
export function withBases(recipes: readonly Recipe[], names: readonly string[]): Recipe[] {
  const wanted = new Set(names);
  for (const recipe of [...recipes].reverse()) {
    if (wanted.has(recipe.name) && recipe.base.startsWith(PREFIX))
      wanted.add(recipe.base.slice(PREFIX.length));
  }
  return recipes.filter(({ name }) => wanted.has(name));
}
