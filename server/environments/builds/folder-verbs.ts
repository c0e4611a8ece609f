/** What operators do with folders of the server's machine that have a Dockerfile. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { verb } from '../../model/verb.ts';
import type { Images } from '../../ports/images.ts';
import { type Actor, can } from '../../rules/access.ts';
import { GradeportError } from '../../rules/errors.ts';
import { refuse } from '../../rules/problems.ts';
import { type ImagePolicy, whyBaseRefused } from '../registries/policy.ts';
import type { BuildConfig } from './build-config.ts';
import { DOCKERFILE } from './build-context.ts';
import { imagesByName, listFiles } from './build-folder.ts';
import { type Lint, lintDockerfile } from './dockerfile/lint.ts';
import { lintMessageSchema } from './lint-schema.ts';

type LintDeps = { images: Pick<Images, 'list'>; config: { build: BuildConfig; images: ImagePolicy } };

/** A folder may be any of the machine's. */
function mayReadFolders(who: Actor): void {
  if (!can(who, 'operate', null)) refuse('folders-are-for-operators', {});
}

/** network: even if the configuration gives builds none. */
const folderInput = z.strictObject({ folder: z.string().min(1), network: z.boolean().default(false) });

/** Lints a folder on this machine: with or without network, as the configuration or the operator says. */
export async function lintOf({ images, config }: LintDeps, folder: string, network: boolean): Promise<Lint> {
  const text = await readFile(join(folder, DOCKERFILE), 'utf8').catch((cause: unknown) => {
    throw new GradeportError('not-found', `${folder}: there is no Dockerfile that can be read.`, { cause });
  });
  return lintDockerfile(text, {
    images: imagesByName(await images.list()),
    files: await listFiles(folder),
    network: network || config.build.network,
    refuses: (from) => whyBaseRefused(from, config.images, false),
    withholds: () => null,
    networkHint: '--network lets them use it.',
    // An operator may build a base image for other environments.
    mustAnnounce: false,
  });
}

/** What is wrong with the Dockerfile of a folder; nothing is built. */
export const lintFolder = verb({
  input: folderInput,
  output: z.array(lintMessageSchema),
  refuses: [],
  may: mayReadFolders,
  run: async (deps: LintDeps, _who: Actor, { folder, network }) =>
    (await lintOf(deps, folder, network)).messages,
});
