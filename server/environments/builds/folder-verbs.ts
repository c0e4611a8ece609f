/** What operators do with folders of the server's machine that have a Dockerfile. */
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { longVerb } from '../../jobs/long-verb.ts';
import { verb } from '../../model/verb.ts';
import type { Builder } from '../../ports/engine/builder.ts';
import type { Images } from '../../ports/engine/images.ts';
import { type Actor, can } from '../../rules/access.ts';
import { GradeportError } from '../../rules/errors.ts';
import { refuse } from '../../rules/problems.ts';
import { type ImagePolicy, whyBaseRefused } from '../registries/policy.ts';
import { buildShippedEnvironments } from './bases/shipped-environments.ts';
import { type Lint, lintDockerfile } from './dockerfile/lint.ts';
import { localImage } from './local-image-name.ts';
import { type BuildConfig, limitsOf } from './source/build-config.ts';
import { DOCKERFILE } from './source/build-context.ts';
import { buildLinted, imagesByName, listFiles } from './source/build-folder.ts';
import { lintMessageSchema } from './source/lint-schema.ts';
import { PREFIX } from './source/recipes.ts';

type LintDeps = { images: Pick<Images, 'list'>; config: { build: BuildConfig; images: ImagePolicy } };

/** A folder may be any of the machine's. */
function mayReadFolders(who: Actor): void {
  if (!can(who, 'operate', null)) refuse('folders-are-for-operators', {});
}

/** network: even if the configuration gives builds none. */
const folderInput = z.strictObject({ folder: z.string().min(1), network: z.boolean().default(false) });

/** Lints a folder on this machine: with or without network, as the configuration or the operator says. */
async function lintOf({ images, config }: LintDeps, folder: string, network: boolean): Promise<Lint> {
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

/** With its tag. */
const withTag = (image: string): string => (image.includes(':') ? image : `${image}:latest`);

/** tag null: "local/" and the folder's name. Its progress counts instructions. */
export const buildFolder = longVerb({
  input: folderInput.extend({ tag: z.string().nullable().default(null) }),
  output: z.object({ image: z.string(), size: z.number(), layers: z.int() }),
  refuses: [],
  may: mayReadFolders,
  async begin(deps: LintDeps & { builder: Builder }, _who: Actor, { folder, network, tag: wanted }) {
    const { builder, config } = deps;
    const tag = wanted ?? localImage(basename(folder));
    const lint = await lintOf(deps, folder, network);
    const order = {
      folder,
      tag,
      labels: {},
      network: network || config.build.network,
      limits: limitsOf(config.build),
    };
    return {
      about: { kind: 'build', title: `Build ${tag}` },
      async run(news, stopped) {
        const { size, layers } = await buildLinted(
          builder,
          lint,
          { ...order, stopped },
          {
            line: news.line,
            step: ({ number, of, text }) => news.progress({ step: text, done: number, total: of }),
          },
        );
        return { image: withTag(tag), size, layers };
      },
      result: ({ image }) => ({ sentence: `${image} is built.`, environment: null }),
    };
  },
});

type ShippedDeps = { images: Images; builder: Builder; shipped: string };

/**
 * Builds environments that come with Gradeport, if they are missing or have changed. names null: all. Its progress
 * counts images.
 */
export const buildShipped = longVerb({
  input: z.strictObject({ names: z.array(z.string()).nullable() }),
  /** The images that were built. */
  output: z.array(z.string()),
  refuses: [],
  may: mayReadFolders,
  begin: ({ images, builder, shipped }: ShippedDeps, _who: Actor, { names }) => ({
    about: { kind: 'build', title: names === null ? 'Build all' : `Build ${names.join(', ')}` },
    async run(news, stopped) {
      const onLine = (name: string, line: string, done: number, total: number): void => {
        news.progress({ step: name, done, total });
        news.line(line);
      };
      const built = await buildShippedEnvironments({ images, builder }, shipped, onLine, names, stopped);
      return built.map((name) => `${PREFIX}${name}:latest`);
    },
    result: (built) => ({ sentence: `${built.length} images are built.`, environment: null }),
  }),
});
