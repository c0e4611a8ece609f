/** What the commands on images share: the engine, the registries, and who asks. */
import { join } from 'node:path';
import { type Config, ENVIRONMENTS_FOLDER, loadConfig } from '../config.ts';
import { openEngine, openEngineImages } from '../engine/open.ts';
import { findEnvironment } from '../environments/announced.ts';
import { openBuildSources } from '../environments/build-sources.ts';
import { readEnvironments } from '../environments/catalogue.ts';
import type { JobNews } from '../environments/jobs-port.ts';
import { readOwnBuilds } from '../environments/own-builds.ts';
import { whyBaseRefused } from '../environments/registry/policy.ts';
import type { SharingDeps } from '../environments/sharing/deps.ts';
import { openSharing } from '../environments/sharing/open.ts';
import type { UpdateDeps } from '../setup/update.ts';
import { takeIn } from './brought.ts';
import { INTERRUPTED } from './exit-codes.ts';
import { historyOf } from './installation.ts';
import { untilInterrupted } from './interrupted.ts';
import { createNews } from './news.ts';
import { talk } from './terminal.ts';

export type DataOption = { data?: string };
export type Doing = { deps: UpdateDeps; config: Config; news: JobNews; stopped: AbortSignal };

/** Ends the progress and the engine's connection, however it goes; Ctrl-C aborts `stopped`. */
export async function withSharing<T>({ data }: DataOption, work: (doing: Doing) => Promise<T>): Promise<T> {
  const config = loadConfig({ data });
  const engine = openEngine();
  const sinceMs = Date.now();
  const brought = new Map<string, Parameters<SharingDeps['announce']>[1]>();
  const news = createNews();
  const { sharing: deps } = openSharing(config, {
    engine,
    images: openEngineImages(),
    // Whose history: an update that is held back must not leave this machine in the place of what grades.
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
    // Whatever it had begun was undone before it failed.
    news.end();
    talk('Stopped. What was downloaded is kept for the next time.');
    process.exit(INTERRUPTED);
  } finally {
    news.end();
    await engine.close();
  }
}
