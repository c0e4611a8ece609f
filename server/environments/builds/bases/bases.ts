/**
 * Which images of the engine a teacher may build on: a build can read everything in its base image, and an
 * engine holds more than environments.
 */
import { type Actor, can } from '../../../rules/access.ts';
import { readLabels } from '../../discovery/labels.ts';
import { matchesPattern } from '../../registries/policy.ts';
import { canonicalName, familiarName, type Reference, tryReference } from '../../registries/reference.ts';
import type { LintFacts } from '../dockerfile/facts.ts';
import { localImage } from '../local-image-name.ts';
import type { BuildSources } from '../source/build-sources.ts';

/** Images that come with Gradeport. */
const SHIPPED = 'gradeport/';
/** The engine accepts the beginning of an image's id as a name. */
const LIKE_AN_ID = /^(sha256:)?[0-9a-f]{1,64}$/;

type Images = NonNullable<LintFacts['images']>;
type Here = { reference: Reference; mayUse: boolean };

/** Looks up who built an image; called only where it matters. */
type OwnsImage = (name: string) => Promise<boolean>;

export type BasesDeps = {
  sources: Pick<BuildSources, 'lastBuilt'>;
  /** Patterns of names, as the operator wrote them. */
  patterns: readonly string[];
};

/** null: the user may build on every image here. */
export async function withheldFrom(
  actor: Actor,
  images: LintFacts['images'],
  { sources, patterns }: BasesDeps,
): Promise<LintFacts['withholds']> {
  if (images === null || can(actor, 'operate', null)) return () => null;
  const owns: OwnsImage = async (name) => (await sources.lastBuilt(name))?.owner === actor.name;
  const here = await referencesHere(images, patterns, owns);
  return (text) => whyWithheld(text, here);
}

async function referencesHere(images: Images, patterns: readonly string[], owns: OwnsImage): Promise<Here[]> {
  const all: Here[] = [];
  for (const [name, labels] of images) {
    const reference = tryReference(name);
    if (!reference) continue;
    all.push({ reference, mayUse: isOpen(reference, labels, patterns) || (await isOwn(name, labels, owns)) });
  }
  return all;
}

/** Images that come with Gradeport, environments that everyone sees in the list, and images that an operator allows. */
const isOpen = (
  reference: Reference,
  labels: Readonly<Record<string, string>>,
  patterns: readonly string[],
): boolean =>
  familiarName(reference).startsWith(SHIPPED) ||
  (readLabels(labels)?.advertised ?? false) ||
  patterns.some((pattern) => matchesPattern(pattern, reference));

/** An environment that is not shown in the list is only for its builder. */
async function isOwn(name: string, labels: Readonly<Record<string, string>>, owns: OwnsImage) {
  const announced = readLabels(labels);
  return announced !== null && name === `${localImage(announced.name)}:latest` && owns(announced.name);
}

/** Names are compared as the engine reads them: with its own host, and the tag or digest that they leave out. */
function whyWithheld(text: string, here: readonly Here[]): string | null {
  if (LIKE_AN_ID.test(text) && !here.some(({ reference }) => familiarName(reference) === text)) {
    return `"${text.slice(0, 12)}" may be the id of an image: write a name with its tag.`;
  }
  const wanted = tryReference(text);
  if (!wanted) return null;
  const same = here.filter(
    ({ reference }) =>
      canonicalName(reference) === canonicalName(wanted) &&
      (wanted.digest !== null || (reference.tag ?? 'latest') === (wanted.tag ?? 'latest')),
  );
  if (same.length === 0 || same.some(({ mayUse }) => mayUse)) return null;
  const name = familiarName(wanted).slice(0, 100);
  return `Teachers may not build on "${name}". They may on what comes with Gradeport, on environments of the list, and on what an operator allows: "build: { bases: [${name}] }" in the configuration.`;
}
