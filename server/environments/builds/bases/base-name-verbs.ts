/**
 * Gives our base image the names of other base images, such as INGInious', so that a teacher's Dockerfile with such a
 * FROM builds here without a registry. Only done on request: a local name hides the registry's image.
 */
import { z } from 'zod';
import { verb } from '../../../model/verb.ts';
import type { ImageSummary, Images } from '../../../ports/engine/images.ts';
import { type Actor, can } from '../../../rules/access.ts';
import { GradeportError } from '../../../rules/errors.ts';
import { refuse } from '../../../rules/problems.ts';
import { readLabels } from '../../discovery/labels.ts';
import { RECIPE_LABEL } from './shipped-environments.ts';

export const OUR_BASE = 'gradeport/base:latest';

/** The base images of INGInious' published Dockerfiles: current names, then those up to 0.8. */
const INGINIOUS_BASES = [
  'ghcr.io/inginious/env-base:latest',
  'ghcr.io/inginious/env-default:latest',
  'ingi/inginious-c-base:latest',
  'ingi/inginious-c-default:latest',
];

type Deps = { images: Pick<Images, 'list' | 'tag' | 'untag'> };

function mayNameBases(who: Actor): void {
  if (!can(who, 'operate', null)) refuse('base-names-are-for-operators', {});
}

/** "a.b/c" → "a.b/c:latest"; a colon before the last slash belongs to a port. */
const withTag = (name: string): string => (/:[^/]*$/.test(name) ? name : `${name}:latest`);

const ofNames = {
  /** Empty: INGInious' own. */
  input: z.strictObject({
    names: z
      .array(z.string())
      .transform((names) => (names.length > 0 ? names.map(withTag) : INGINIOUS_BASES)),
  }),
  /** The names that were given or taken away. */
  output: z.array(z.string()),
  refuses: [],
  may: mayNameBases,
} as const;

/** Name → image. */
const holders = async (images: Deps['images']): Promise<Map<string, ImageSummary>> =>
  new Map((await images.list()).flatMap((image) => image.tags.map((tag) => [tag, image] as const)));

/** Our current base image, or one from before an upgrade: built from our recipe, and not an environment. */
const isBase = ({ labels }: ImageSummary): boolean =>
  Object.hasOwn(labels, RECIPE_LABEL) && readLabels(labels) === null;

export const adoptBase = verb({
  ...ofNames,
  async run({ images }: Deps, _who: Actor, { names }) {
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
  },
});

/** Removes only names that lead to our base image: other images keep theirs. */
export const undoAdoptBase = verb({
  ...ofNames,
  async run({ images }: Deps, _who: Actor, { names }) {
    const held = await holders(images);
    const given = names.filter((name) => {
      const holder = held.get(name);
      return name !== OUR_BASE && holder && isBase(holder);
    });
    for (const name of given) await images.untag(name);
    return given;
  },
});
