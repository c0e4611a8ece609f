/** What to do about a name that tasks ask for and that leads to no usable environment. Pure. */

import type { Environment } from './environment.ts';
import { findEnvironment } from './environments-of-images.ts';
import type { ShippedEnvironment } from './shipped.ts';

export type Suggestion = {
  /** The folder in environments/ that "gradeport env build" should build; null: none helps, or it is built already. */
  build: string | null;
  /** The grading name that an alias in the configuration could lead to; null: no name is similar. */
  alias: string | null;
  /** The suggestion in words. */
  sentence: string;
};

/** @returns null when the name leads to a usable environment */
export function suggestEnvironment(
  name: string,
  announced: readonly Environment[],
  shipped: readonly ShippedEnvironment[] = [],
): Suggestion | null {
  const found = findEnvironment(announced, name);
  if (found && found.runtime !== null) return null;
  if (found) return only(`Environment "${name}" cannot be used: ${found.reason}`);
  const lost = announced.flatMap((one) => one.lost).find((one) => one.name === name);
  if (lost) return only(lost.reason);
  const ours = shipped.find((one) => one.name === name) ?? shipped.find((one) => one.aliases.includes(name));
  if (ours) {
    const command = `gradeport env build ${ours.folder}`;
    return {
      build: ours.folder,
      alias: null,
      sentence: `No image announces "${name}". One that comes with Gradeport does once it is built: ${command}`,
    };
  }
  return near(name, announced, shipped) ?? only(`No image announces "${name}". ${ownImage(name)}`);
}

const only = (sentence: string): Suggestion => ({ build: null, alias: null, sentence });

const ownImage = (name: string): string =>
  `"gradeport env list" shows what there is; build an image with LABEL org.gradeport.grading.name=${name}, or change environment_id in the task.yaml.`;

function near(
  name: string,
  announced: readonly Environment[],
  shipped: readonly ShippedEnvironment[],
): Suggestion | null {
  const usable = announced.filter(({ runtime }) => runtime !== null);
  const there = mostAlike(name, usable);
  const coming = mostAlike(name, shipped);
  // Existing environments come first, unless a buildable one is nearer: cpp17 is rather "cpp" than "c".
  const best = coming && (!there || coming.shared > there.shared) ? coming : there;
  if (!best) return null;
  const { name: alias } = best.one;
  const build = best === coming && !usable.some((one) => one.name === alias) ? coming.one.folder : null;
  const first = build === null ? '' : `build it with "gradeport env build ${build}" and `;
  return {
    build,
    alias,
    sentence: `No image announces "${name}". If "${alias}" will do, ${first}write into the configuration: aliases: { ${name}: ${alias} }. Else build an image with LABEL org.gradeport.grading.name=${name}.`,
  };
}

/** "java-11" → "java": letters and digits, so that spellings of one name are equal. */
const plain = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

type Named = { name: string; aliases: readonly string[] };

/** The name with the longest common beginning, if that is a whole name except for digits at its end. */
function mostAlike<T extends Named>(name: string, among: readonly T[]): { one: T; shared: number } | null {
  const wanted = plain(name);
  const alike = among.flatMap((one) =>
    [one.name, ...one.aliases].flatMap((candidate) => {
      const stem = plain(candidate).replace(/\d+$/, '');
      return stem !== '' && wanted.startsWith(stem) ? [{ one, shared: stem.length }] : [];
    }),
  );
  // A name of one letter matches only its own versions: c11 is C, but "chess" is not.
  const sure = alike.filter(({ shared }) => shared > 1 || /^.\d*$/.test(wanted));
  return sure.sort((a, b) => b.shared - a.shared)[0] ?? null;
}
