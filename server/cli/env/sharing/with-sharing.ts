/** What the commands on images share: the engine, the registries, and the user. */
import { join } from 'node:path';
import { openEngine } from '../../../adapters/open-engine.ts';
import { type Config, ENVIRONMENTS_FOLDER, loadConfig } from '../../../config/config.ts';
import { openBuildSources } from '../../../environments/builds/source/build-sources.ts';
import { readEnvironments } from '../../../environments/catalogue.ts';
import { findEnvironment } from '../../../environments/discovery/environments-of-images.ts';
import { openSharing } from '../../../environments/open-sharing.ts';
import { whyBaseRefused } from '../../../environments/registries/policy.ts';
import type { SharingDeps } from '../../../environments/registries/sharing-deps.ts';
import { readOwnBuilds } from '../../../environments/updates/own-builds.ts';
import type { UpdateDeps } from '../../../environments/updates/update.ts';
import type { JobNews } from '../../../jobs/port.ts';
import { historyOf } from '../../local/installation.ts';
import { INTERRUPTED } from '../../ui/exit-codes.ts';
import { untilInterrupted } from '../../ui/interrupted.ts';
import { createNews } from '../../ui/job-progress.ts';
import { talk } from '../../ui/terminal.ts';
import { takeIn } from '../test-new-images.ts';

export type DataOption = { data?: string };
export type Doing = { deps: UpdateDeps; config: Config; news: JobNews; stopped: AbortSignal };

/** Ends the progress line and the engine's connection in any case; Ctrl-C aborts `stopped`. */
export async function withSharing<T>({ data }: DataOption, work: (doing: Doing) => Promise<T>): Promise<T> {
  const config = loadConfig({ data });
  const engine = openEngine();
  const { containers, images, transfers, builder } = engine;
  const sinceMs = Date.now();
  const brought = new Map<string, Parameters<SharingDeps['announce']>[1]>();
  const news = createNews();
  const { sharing: deps } = openSharing(config, {
    containers,
    images,
    transfers,
    builder,
    // With the history: an update that is held back must not be pushed or exported instead of the image that grades.
    find: async (name) => {
      const history = await historyOf(config);
      return findEnvironment(
        (await readEnvironments(engine, config.runtimes, config.aliases, history)).list,
        name,
      );
    },
    announce: (digest, about) => void brought.set(digest, about),
    shipped: ENVIRONMENTS_FOLDER,
    own: () =>
      readOwnBuilds({
        engine,
        sources: openBuildSources(join(config.data, 'environments')),
        config: config.build,
        refuses: (from) => whyBaseRefused(from, config.images, false),
        clock: Date.now,
      }),
  });
  using interrupted = untilInterrupted();
  const stopped = interrupted.signal;
  try {
    const result = await work({ deps, config, news, stopped });
    if (!(await takeIn(config, brought, sinceMs, stopped))) process.exitCode = 1;
    return result;
  } catch (error) {
    if (!stopped.aborted) throw error;
    // The failed job has undone its work already.
    news.end();
    talk('Stopped. What was downloaded is kept for the next time.');
    process.exit(INTERRUPTED);
  } finally {
    news.end();
    await engine.close();
  }
}
