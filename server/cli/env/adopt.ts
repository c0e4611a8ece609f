/**
 * gradeport env adopt-base: gives our base image the names of INGInious' base images, so that a teacher's Dockerfile
 * with such a FROM builds here without a registry. Only done on request: a local name hides the registry's image.
 */

import { openEngine } from '../../adapters/open-engine.ts';
import { RECIPE_LABEL } from '../../environments/builds/shipped-environments.ts';
import { readLabels } from '../../environments/discovery/labels.ts';
import type { ImageSummary, Images } from '../../ports/images.ts';
import { GradeportError } from '../../rules/errors.ts';
import { data, json, talk } from '../ui/terminal.ts';

const OUR_BASE = 'gradeport/base:latest';

/** The base images of INGInious' published Dockerfiles: current names, then those up to 0.8. */
const INGINIOUS_BASES = [
  'ghcr.io/inginious/env-base:latest',
  'ghcr.io/inginious/env-default:latest',
  'ingi/inginious-c-base:latest',
  'ingi/inginious-c-default:latest',
];

export type AdoptOptions = { undo?: boolean; json?: boolean };

export async function adoptBase(names: readonly string[], options: AdoptOptions): Promise<void> {
  const wanted = names.length > 0 ? names.map(withTag) : INGINIOUS_BASES;
  const engine = openEngine();
  try {
    const changed = options.undo ? await undo(engine.images, wanted) : await adopt(engine.images, wanted);
    if (options.json) return json(changed);
    for (const name of changed) data(name);
    if (changed.length === 0) talk('Nothing to do.');
    else if (!options.undo) {
      talk(`${OUR_BASE} has these names now; "gradeport env adopt-base --undo" takes them away.`);
      talk('It is Debian: Dockerfiles that install with dnf or yum need apt-get instead.');
    }
  } finally {
    await engine.close();
  }
}

/** "a.b/c" → "a.b/c:latest"; a colon before the last slash belongs to a port. */
const withTag = (name: string): string => (/:[^/]*$/.test(name) ? name : `${name}:latest`);

/** Name → image. */
const holders = async (images: Images): Promise<Map<string, ImageSummary>> =>
  new Map((await images.list()).flatMap((image) => image.tags.map((tag) => [tag, image] as const)));

/** Our current base image, or one from before an upgrade: built from our recipe, and not an environment. */
const isBase = ({ labels }: ImageSummary): boolean =>
  Object.hasOwn(labels, RECIPE_LABEL) && readLabels(labels) === null;

async function adopt(images: Images, names: readonly string[]): Promise<string[]> {
  const held = await holders(images);
  const ours = held.get(OUR_BASE);
  if (!ours) {
    throw new GradeportError('not-found', `There is no ${OUR_BASE}. Build it: gradeport env build base`);
  }
  const missing = names.filter((name) => held.get(name)?.id !== ours.id);
  const taken = missing.filter((name) => {
    const holder = held.get(name);
    return holder && !isBase(holder);
  });
  if (taken.length > 0) {
    throw new GradeportError(
      'conflict',
      `${taken.join(', ')} is another image here already. Remove it with "docker rmi" if ours should have the name.`,
    );
  }
  for (const name of missing) await images.tag(OUR_BASE, name);
  return missing;
}

/** Removes only names that lead to a base image of ours: other images of that name are not ours to remove. */
async function undo(images: Images, names: readonly string[]): Promise<string[]> {
  const held = await holders(images);
  const given = names.filter((name) => {
    const holder = held.get(name);
    return name !== OUR_BASE && holder && isBase(holder);
  });
  for (const name of given) await images.untag(name);
  return given;
}
