/** Builds the environments that come with Gradeport, where they are missing or their Dockerfile changed. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GradeportError } from '../core/errors.ts';
import type { Engine } from '../engine/port.ts';

/** Tells which recipe an image was built from; the recipe of its base is part of it. */
const RECIPE_LABEL = 'org.gradeport.recipe';
const PREFIX = 'gradeport/';
const ROOT_IMAGE = 'gradeport/debian:12';

type Recipe = { name: string; folder: string; base: string; hash: string };

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

/** Those built on others after them. */
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

/** @returns the names that were built; the others were there already. */
export async function buildShippedEnvironments(
  engine: Engine,
  folder: string,
  onProgress: (name: string, line: string) => void,
): Promise<string[]> {
  const found = await Promise.all((await readdir(folder)).map((name) => readRecipe(folder, name)));
  const images = await engine.images();
  const hashes = new Map<string, string>();
  const built: string[] = [];
  for (const recipe of inOrder(found.filter((entry) => entry !== null))) {
    const image = `${PREFIX}${recipe.name}`;
    const root = images.find(({ tags }) => tags.includes(ROOT_IMAGE))?.id ?? '';
    const whole = createHash('sha256')
      .update(recipe.hash)
      .update(hashes.get(recipe.base) ?? root)
      .digest('hex');
    hashes.set(image, whole);
    const present = images.find(({ tags }) => tags.includes(`${image}:latest`));
    if (present?.labels[RECIPE_LABEL] === whole) continue;
    await engine.build(recipe.folder, `${image}:latest`, { [RECIPE_LABEL]: whole }, (line) =>
      onProgress(recipe.name, line),
    );
    built.push(recipe.name);
  }
  return built;
}
