/** Builds requested in the browser: checked first, then run as a job, with their sources kept. */

import type { Job } from '../../jobs/port.ts';
import type { Actor } from '../../rules/access.ts';
import { GradeportError } from '../../rules/errors.ts';
import { withheldFrom } from './bases/bases.ts';
import { startBuildJob } from './build-job.ts';
import { buildable, type Checked, previewOf, requireBuilder } from './build-rules.ts';
import type { BuildsDeps } from './builds-deps.ts';
import { lintDockerfile } from './dockerfile/lint.ts';
import { limitsOf } from './source/build-config.ts';
import { type BuildContext, DOCKERFILE } from './source/build-context.ts';
import { imagesByName } from './source/build-folder.ts';
import { templatesFor } from './source/build-templates.ts';
import { createBuildNames } from './who-may-build-a-name.ts';

export type Builds = ReturnType<typeof createBuilds>;

const HINT = 'An operator can allow it: "build: { network: true }" in the configuration.';

/** ok: false: why the build was not started. */
type Started = { ok: true; job: Job } | { ok: false; checked: Checked };

export function createBuilds(deps: BuildsDeps) {
  const { engine, environments, sources, config } = deps;
  const names = createBuildNames(deps);
  /** null: the engine could not be asked. */
  const imagesHere = () => engine.images.list().then(imagesByName, () => null);

  async function check(actor: Actor, dockerfile: string, files: readonly string[] | null): Promise<Checked> {
    requireBuilder(actor, config);
    const images = await imagesHere();
    const lint = lintDockerfile(dockerfile, {
      images,
      files,
      network: config.network,
      refuses: deps.refuses ?? (() => null),
      withholds: await withheldFrom(actor, images, { sources, patterns: config.bases }),
      networkHint: HINT,
      mustAnnounce: true,
    });
    const preview = previewOf(lint, environments.runtimes(), deps.runtimes);
    const refusal = preview && (await names.refusalOf(actor, preview.announces, images));
    return { lint, preview, refusal };
  }

  async function start(actor: Actor, files: BuildContext): Promise<Started> {
    requireBuilder(actor, config);
    const dockerfile = files.get(DOCKERFILE);
    if (!dockerfile) {
      throw new GradeportError('usage', 'There is no Dockerfile at the top of the archive.');
    }
    const checked = await check(actor, dockerfile.content.toString(), [...files.keys()]);
    const preview = buildable(checked);
    if (!preview) return { ok: false, checked };
    const { name } = preview.announces;
    const taken = names.take(actor, name);
    if (typeof taken === 'string') return { ok: false, checked: { ...checked, refusal: taken } };
    try {
      const at = new Date(deps.clock()).toISOString();
      const record = await sources.begin({ name, by: actor.name, at, image: preview.image }, files);
      const build = { actor, record, lint: checked.lint };
      return { ok: true, job: startBuildJob({ ...deps, names }, build, taken.release) };
    } catch (error) {
      taken.release();
      throw error;
    }
  }

  return {
    check,
    start,
    requireBuilder: (actor: Actor) => requireBuilder(actor, config),
    sources,
    limits: limitsOf(config),
    network: config.network,
    templates: async () => templatesFor({ images: await imagesHere(), network: config.network }),
  };
}
