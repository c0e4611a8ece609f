/** Who owns a name, when a user wants to build it. */

import { whyNoMoreJobs } from '../../jobs/job-quota.ts';
import type { Jobs } from '../../jobs/port.ts';
import { type Actor, can } from '../../rules/access.ts';
import type { Environment, EnvironmentCatalogue } from '../discovery/environment.ts';
import { isKeptName } from '../discovery/environments-of-images.ts';
import { type Announcement, readLabels } from '../discovery/labels.ts';
import type { LintFacts } from './dockerfile/facts.ts';
import { localImage } from './local-image-name.ts';
import type { BuildSources } from './source/build-sources.ts';

export type BuildNamesDeps = {
  environments: Pick<EnvironmentCatalogue, 'list'>;
  sources: Pick<BuildSources, 'list'>;
  jobs: Pick<Jobs, 'list'>;
};

export type BuildNames = ReturnType<typeof createBuildNames>;

export function createBuildNames({ environments, sources, jobs }: BuildNamesDeps) {
  const building = new Set<{ name: string; by: string }>();

  /**
   * Whether the user built this image, or an older one that has only our kept name. A user who once built a name does
   * not own an image that an operator has imported under it since.
   */
  async function isOwn(actor: Actor, { name, digest, image }: Environment): Promise<boolean> {
    const records = await sources.list(name);
    const last = records.find(({ state }) => state === 'built');
    if (last?.owner !== actor.name) return false;
    return isKeptName(image) || records.some((record) => record.digest === digest);
  }

  /**
   * A teacher's image may not take a name that grades for others. No image may take the name of a base or of another
   * environment in the engine, whose folder was called so: what is built on it would be something else from then on.
   * @param images null: the engine could not be asked
   * @returns why the name cannot be taken, in a sentence; null: it can
   */
  async function refusalOf(
    actor: Actor,
    { name, aliases }: Pick<Announcement, 'name' | 'aliases'>,
    images: LintFacts['images'],
  ): Promise<string | null> {
    const held = images?.get(`${localImage(name)}:latest`);
    if (held !== undefined && readLabels(held)?.name !== name)
      return `Its image would be called ${localImage(name)}, and another image is already. Choose another name.`;
    if (can(actor, 'operate', null)) return null;
    for (const wanted of [name, ...aliases]) {
      const holders = environments
        .list()
        .filter((one) => one.name === wanted || one.aliases.includes(wanted));
      for (const holder of holders) {
        if (await isOwn(actor, holder)) continue;
        const wish =
          wanted === name
            ? 'Choose another name, or ask an operator.'
            : 'Aliases are inherited, too: give it its own, or none with org.gradeport.grading.aliases="".';
        return `"${wanted}" is an environment here that you did not build. ${wish}`;
      }
    }
    return null;
  }

  /**
   * Until it is released, no one else can build this name: two builds at the same time would both be allowed, and one
   * user would be surprised. @returns why the name cannot be taken now, in a sentence
   */
  function take(actor: Actor, name: string): { release(): void } | string {
    const other = [...building].find((one) => one.name === name && one.by !== actor.name);
    if (other) return `Somebody else is building "${name}" now: wait, or choose another name.`;
    const tooMany = whyNoMoreJobs(jobs, actor);
    if (tooMany !== null) return tooMany;
    const claim = { name, by: actor.name };
    building.add(claim);
    return { release: () => void building.delete(claim) };
  }

  return { refusalOf, take };
}
