/** The verbs on images over the real engine, with a data folder of their own. */

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openClient } from '../../../server/adapters/docker/client.ts';
import { openEngine } from '../../../server/adapters/open-engine.ts';
import { buildConfigSchema } from '../../../server/environments/builds/source/build-config.ts';
import { openBuildSources } from '../../../server/environments/builds/source/build-sources.ts';
import { readEnvironments } from '../../../server/environments/catalogue.ts';
import { findEnvironment } from '../../../server/environments/discovery/environments-of-images.ts';
import { openSharing } from '../../../server/environments/open-sharing.ts';
import { type ImagePolicy, imagePolicySchema } from '../../../server/environments/registries/policy.ts';
import { readOwnBuilds } from '../../../server/environments/updates/own-builds.ts';
import type { JobNews } from '../../../server/jobs/port.ts';

export type SharingHouse = ReturnType<typeof openSharingHouse>;

export function openSharingHouse(images: Partial<ImagePolicy> = {}) {
  const data = mkdtempSync(join(tmpdir(), 'gradeport-sharing-'));
  mkdirSync(join(data, 'shipped'));
  const docker = openClient();
  const engine = openEngine();
  const { containers, transfers, builder } = engine;
  const announced: [string, unknown][] = [];
  const sources = openBuildSources(join(data, 'environments'));
  const build = buildConfigSchema.parse({});
  const settings = { data, registryKey: null, images: imagePolicySchema.parse(images), runtimes: {} };
  const { sharing, credentials } = openSharing(settings, {
    containers,
    images: engine.images,
    transfers,
    builder,
    find: async (name) => findEnvironment((await readEnvironments(engine, {})).list, name),
    announce: (digest, about) => void announced.push([digest, about]),
    // None of those that come with Gradeport: their images are everybody's.
    shipped: join(data, 'shipped'),
    own: () => readOwnBuilds({ engine, sources, config: build, refuses: () => null, clock: Date.now }),
  });
  const lines: string[] = [];
  const news: JobNews = { line: (text) => void lines.push(text), progress: () => {} };
  return {
    data,
    docker,
    engine,
    sharing,
    credentials,
    announced,
    sources,
    news,
    lines,
    idOf: async (name: string) => (await sharing.images.inspect(name))?.id ?? null,
    /** Takes away every name that begins so, and what was pulled without one. */
    async forget(beginning: string): Promise<void> {
      for (const { id, tags, repoDigests } of await sharing.images.list()) {
        const names = [...tags, ...repoDigests].filter((name) => name.startsWith(beginning));
        for (const name of names)
          await docker
            .getImage(name)
            .remove()
            .catch(() => {});
        if (names.length > 0)
          await docker
            .getImage(id)
            .remove()
            .catch(() => {});
      }
    },
    async close(): Promise<void> {
      await engine.close();
      rmSync(data, { recursive: true });
    },
  };
}

export const never = new AbortController().signal;
