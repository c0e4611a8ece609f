/** From images to environments: what each image says about itself, and what runs it. Pure. */
import type { ImageSummary } from '../../ports/engine/images.ts';
import type { Environment } from './environment.ts';
import { readLabels } from './labels.ts';
import { chooseRuntime, type RuntimeTable, traitsOf } from './runtimes.ts';

/** An image that announces itself, as if it were the only one of its name. */
export type EnvironmentImage = {
  environment: Environment;
  /** References that people gave the image; none: only kept names hold it in the engine. */
  tags: string[];
  /** The image's kept names, from all installations. */
  kept: string[];
};

/** The repository of kept names: Gradeport gives them to images that must stay (revision-tags.ts). */
export const KEPT_REPOSITORY = 'gradeport-revision/';
export const isKeptName = (tag: string): boolean => tag.startsWith(KEPT_REPOSITORY);

/** Every image that announces itself, sorted by name, the newest first. */
export function environmentsOf(
  images: readonly ImageSummary[],
  runtimes: readonly string[],
  table: RuntimeTable,
): EnvironmentImage[] {
  const all = images.flatMap((image) => environmentOf(image, runtimes, table) ?? []);
  return all.sort(({ environment: a }, { environment: b }) => byNameAndAge(a, b));
}

const byNameAndAge = (a: Environment, b: Environment): number =>
  a.name.localeCompare(b.name) || b.created.localeCompare(a.created) || a.digest.localeCompare(b.digest);

function environmentOf(
  image: ImageSummary,
  runtimes: readonly string[],
  table: RuntimeTable,
): EnvironmentImage | null {
  const announced = readLabels(image.labels);
  if (!announced) return null;
  const { fault, ...about } = announced;
  const { kept = [], tags = [] } = Object.groupBy(image.tags, (tag) => (isKeptName(tag) ? 'kept' : 'tags'));
  const choice =
    fault === null
      ? choiceFor(image.processor, runtimes, table, announced)
      : { runtime: null, reason: fault };
  const environment: Environment = {
    ...about,
    image: tags[0] ?? image.tags[0] ?? image.id.slice(0, 19),
    digest: image.id,
    size: image.size,
    created: new Date(image.created).toISOString(),
    runtime: choice.runtime,
    reason: choice.reason,
    available: choice.runtime !== null,
    lost: [],
    ...(image.whichLabels !== undefined && { whichLabels: image.whichLabels }),
  };
  return { environment, tags, kept };
}

/** Programs of another processor run in an emulator of this kernel, and so in no sandbox that has a kernel of its own. */
function choiceFor(
  processor: ImageSummary['processor'],
  runtimes: readonly string[],
  table: RuntimeTable,
  needs: Parameters<typeof chooseRuntime>[0],
): ReturnType<typeof chooseRuntime> {
  if (processor === undefined) return chooseRuntime(needs, runtimes, table);
  const { wanted, here, isEmulated } = processor;
  const about = `The image is for ${wanted} processors, and this machine has ${here}.`;
  if (!isEmulated) {
    const help = `Pull or build it for ${here}, or let an operator install an emulator (binfmt_misc).`;
    return { runtime: null, reason: `${about} ${help}` };
  }
  const sharing = runtimes.filter((name) => traitsOf(name, table)?.sharedKernel);
  const choice = chooseRuntime(needs, sharing, table);
  return { ...choice, reason: `${about} An emulator runs it, slowly. ${choice.reason}` };
}

/** The environment of this name or alias; null when no image claims it, or the configuration leads nowhere. */
export function findEnvironment(list: readonly Environment[], name: string): Environment | null {
  const claims = (one: Environment) => one.name === name || one.aliases.includes(name);
  return list.find((one) => claims(one) && !one.lost.some((lost) => lost.name === name)) ?? null;
}
