/**
 * One connection to the engine's event stream, opened again whenever it breaks. Traps, all measured: image
 * deletions carry no labels, so events are not filtered by label; after a break, everything may have changed.
 */
import type Docker from 'dockerode';
import { z } from 'zod';
import type { ImageWatcher } from '../../ports/engine/images.ts';

const eventSchema = z.object({
  Type: z.string(),
  Action: z.string(),
  Actor: z.object({ ID: z.string(), Attributes: z.record(z.string(), z.string()).nullish() }),
});

/** Receives the events of one of our containers. */
type ContainerListener = { oom(): void; died(exitCode: number | null): void; destroyed(): void };

export type DockerEvents = {
  watchImages(watcher: ImageWatcher): () => void;
  watchContainer(id: string, listener: ContainerListener): () => void;
  /** Settles when the stream is open. */
  connected(): Promise<void>;
  close(): void;
};

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 2000;

export function watchDockerEvents(docker: Docker): DockerEvents {
  const images = new Set<ImageWatcher>();
  const containers = new Map<string, ContainerListener>();
  let closed = false;
  let stop = () => {};
  let ready = Promise.withResolvers<void>();
  let retryMs = FIRST_RETRY_MS;

  const handle = (line: string) => {
    const parsed = eventSchema.safeParse(JSON.parse(line));
    if (!parsed.success) return;
    const { Type, Action, Actor } = parsed.data;
    if (Type === 'image') for (const watcher of images) watcher.changed();
    if (Type !== 'container') return;
    const listener = containers.get(Actor.ID);
    if (Action === 'oom') listener?.oom();
    if (Action === 'die') listener?.died(toExitCode(Actor.Attributes?.['exitCode']));
    if (Action === 'destroy') listener?.destroyed();
  };

  const connect = async () => {
    const stream = await docker.getEvents({
      filters: { type: ['image', 'container'], event: EVENTS },
    });
    stop = () => 'destroy' in stream && typeof stream.destroy === 'function' && stream.destroy();
    if (closed) return stop();
    retryMs = FIRST_RETRY_MS;
    ready.resolve();
    for (const watcher of images) watcher.changed();
    let rest = '';
    for await (const chunk of stream) {
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line.trim() !== '') handle(line);
    }
    throw new Error('the event stream ended');
  };

  const keepConnected = async () => {
    while (!closed) {
      try {
        await connect();
      } catch (error) {
        if (closed) return;
        ready = Promise.withResolvers();
        const reason = error instanceof Error ? error.message : String(error);
        for (const watcher of images) watcher.lost(reason);
        await new Promise((resolve) => setTimeout(resolve, retryMs).unref());
        retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
      }
    }
  };
  void keepConnected();

  return {
    watchImages(watcher) {
      images.add(watcher);
      return () => images.delete(watcher);
    },
    watchContainer(id, listener) {
      containers.set(id, listener);
      return () => containers.delete(id);
    },
    connected: () => ready.promise,
    close() {
      closed = true;
      stop();
    },
  };
}

const EVENTS = ['tag', 'untag', 'delete', 'import', 'load', 'build', 'pull', 'oom', 'die', 'destroy'];

const toExitCode = (text: string | undefined): number | null => (text === undefined ? null : Number(text));
