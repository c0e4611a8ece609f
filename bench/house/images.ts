/** Images of some hundred bytes, each announcing an environment: loaded at once, removed at the end. */

import { createHash } from 'node:crypto';
import type Docker from 'dockerode';
import { pack } from 'tar-stream';
import { openClient } from '../../server/adapters/docker/client.ts';

export type TinyImages = {
  /** Adds images up to this number; each announces its own name. */
  growTo(count: number): Promise<void>;
  /** Adds an image without a name, which is not listed until it is tagged. Returns its id and the announced name. */
  addNameless(): Promise<{ id: string; grading: string }>;
  /** `docker tag`. Settles when the engine has done it. */
  tag(id: string): Promise<void>;
  untag(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

type Image = { grading: string; reference: string | null };

const REMOVALS_AT_ONCE = 8;

export function createTinyImages(benchId: string): TinyImages {
  const docker = openClient();
  const repository = `gradeport-bench-${benchId}`;
  const loaded: string[] = [];
  const nameless: string[] = [];
  const remove = async (name: string) => {
    await docker.getImage(name).remove({ force: true });
  };
  return {
    async growTo(count) {
      const images = Array.from({ length: count - loaded.length }, (_, index): Image => {
        const grading = `bench-${benchId}-${loaded.length + index}`;
        return { grading, reference: `${repository}/${loaded.length + index}:bench` };
      });
      if (images.length === 0) return;
      for (const { reference } of images) if (reference !== null) loaded.push(reference);
      await load(docker, images);
    },
    async addNameless() {
      const grading = `bench-${benchId}-nameless-${nameless.length}`;
      const image = { grading, reference: null };
      const id = `sha256:${hash(configOf(image))}`;
      nameless.push(id);
      await load(docker, [image]);
      return { id, grading };
    },
    async tag(id) {
      await docker.getImage(id).tag({ repo: `${repository}/tagged`, tag: 'bench' });
    },
    untag: () => remove(`${repository}/tagged:bench`),
    async [Symbol.asyncDispose]() {
      // Most nameless images are gone by now: an image goes with its last name.
      const rest = [...loaded, ...nameless];
      const worker = async () => {
        for (let name = rest.pop(); name !== undefined; name = rest.pop()) await remove(name).catch(() => {});
      };
      await Promise.all(Array.from({ length: REMOVALS_AT_ONCE }, worker));
    },
  };
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

/** An image without layers: what a Dockerfile of `FROM scratch` and labels makes. */
const configOf = ({ grading }: Image): string =>
  JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    created: '2026-01-01T00:00:00Z',
    config: {
      Labels: { 'org.gradeport.grading.name': grading, 'org.gradeport.grading.title': 'Benchmark' },
    },
    rootfs: { type: 'layers', diff_ids: [] },
  });

/** In the format of `docker save`. */
async function load(docker: Docker, images: readonly Image[]): Promise<void> {
  const tar = pack();
  const manifest = images.map((image) => {
    const config = configOf(image);
    const name = `${hash(config)}.json`;
    tar.entry({ name }, config);
    return { Config: name, RepoTags: image.reference === null ? null : [image.reference], Layers: [] };
  });
  tar.entry({ name: 'manifest.json' }, JSON.stringify(manifest));
  tar.finalize();
  const answer = await docker.loadImage(tar as unknown as NodeJS.ReadableStream);
  let said = '';
  for await (const chunk of answer) said += String(chunk);
  if (said.includes('"error"')) throw new Error(`The engine did not take the images: ${said.slice(0, 300)}`);
}
