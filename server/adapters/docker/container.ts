/** Starts one container and holds its three streams. Order matters: create, attach, start. */
import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type Docker from 'dockerode';
import type {
  ContainerEnd,
  ContainerOutput,
  ContainerSpec,
  RunningContainer,
} from '../../ports/engine/containers.ts';
import { GradeportError } from '../../rules/errors.ts';
import { createDemux } from './demux.ts';
import { asking, unlessGone } from './errors.ts';
import type { DockerEvents } from './events.ts';
import { createOptions } from './host-config.ts';
import type { NameServers } from './name-servers.ts';
import { readyRunNetwork } from './run-network.ts';

/** After the stream ended, how long the engine may take to say how the container died, and how often it is asked. */
const DEATH_NOTICE_MS = 2000;
const ASK_AGAIN_MS = 25;
/** An agent that has not ended by then is no longer ours: a program that was root took its place. */
const BY_ITSELF_MS = 400;

/** How to know what a started container uses, and how to end its programs at once. */
export type Accounting = (
  started: Started,
) => Promise<Pick<RunningContainer, 'usage' | 'uncounted' | 'halt'>>;
type Started = {
  container: Docker.Container;
  spec: ContainerSpec;
  /** Whether the engine has said that the container used up its memory. */
  ranOut(): boolean;
};

export async function startDockerContainer(
  docker: Docker,
  events: DockerEvents,
  spec: ContainerSpec,
  output: ContainerOutput,
  account: Accounting,
  nameServers: NameServers,
): Promise<RunningContainer> {
  const [servers] = await Promise.all([nameServers(spec), spec.policy.network && readyRunNetwork(docker)]);
  const options = createOptions(spec, servers);
  const container = await asking(() => docker.createContainer(options));
  const remove = () => unlessGone(() => container.remove({ force: true, v: true }));
  const watch = watchContainer(events, container);
  let attached: Duplex | null = null;
  try {
    const stream = await asking(() => attach(container));
    attached = stream;
    watch.follow(stream);
    stream.on('data', createDemux(output));
    await asking(() => container.start()).catch(refuseImage);
    const { usage, uncounted, halt } = await account({ container, spec, ranOut: watch.ranOut });
    let isRemoved = false;
    return {
      id: container.id,
      write: (bytes) => {
        if (stream.writable) stream.write(bytes);
      },
      ended: watch.ended,
      usage: async () => (isRemoved ? null : usage()),
      uncounted,
      halt,
      remove: async () => {
        isRemoved = true;
        // With an unread stream still open the engine may hang on removal, for minutes. Our agents end with their
        // stdin, and then the engine removes the container: a kill by the engine costs 10 ms of processor more.
        stream.destroy();
        if (!(await watch.isDestroyed(BY_ITSELF_MS))) {
          // Without an engine this fails; the container ends on its own now that its stdin is closed.
          await remove().catch((error: unknown) => {
            if (!(error instanceof GradeportError) || error.code !== 'unreachable') throw error;
          });
        }
        watch.stop();
      },
    };
  } catch (error) {
    watch.stop();
    // The engine leaves it open, even without the container: it would keep this process alive.
    attached?.destroy();
    await remove().catch(() => {});
    throw error;
  }
}

/** An image without /bin/sh cannot start our agent; trying again would not help. */
function refuseImage(error: unknown): never {
  if (error instanceof Error && /no such file or directory|executable file not found/i.test(error.message)) {
    throw new GradeportError(
      'conflict',
      'The image of this environment has no /bin/sh; grading needs it and python3.',
      {
        cause: error,
      },
    );
  }
  throw error;
}

const attach = async (container: Docker.Container): Promise<Duplex> =>
  (await container.attach({
    stream: true,
    stdin: true,
    stdout: true,
    stderr: true,
    hijack: true,
  })) as unknown as Duplex;

/**
 * Follows one container to its end. The engine's promise for its exit may never settle, so stream and events are
 * watched instead. A stream that ends before the event came means that the container is gone, or the engine: the
 * engine is asked which.
 */
function watchContainer(events: DockerEvents, container: Docker.Container) {
  const end = Promise.withResolvers<ContainerEnd>();
  const destroyed = Promise.withResolvers<true>();
  let outOfMemory = false;
  let settled = false;
  let isLost = false;
  const settle = (exitCode: number | null) => {
    settled = true;
    end.resolve({ exitCode, outOfMemory });
  };
  const forget = events.watchContainer(container.id, {
    oom: () => {
      outOfMemory = true;
    },
    died: settle,
    destroyed: () => destroyed.resolve(true),
  });
  let asking = false;
  const streamOver = async () => {
    if (asking) return;
    asking = true;
    const askUntil = performance.now() + DEATH_NOTICE_MS;
    while (!settled) {
      const state = await askForState(container);
      if (state?.Running && performance.now() < askUntil) await pause(ASK_AGAIN_MS);
      else {
        outOfMemory ||= state?.OOMKilled ?? false;
        isLost = state === null;
        settle(state && !state.Running ? state.ExitCode : null);
      }
    }
  };
  return {
    ended: end.promise,
    ranOut: () => outOfMemory,
    follow(stream: Duplex): void {
      for (const sign of ['error', 'close', 'end']) stream.on(sign, streamOver);
    },
    /** Whether the engine has removed the container; waits at most `ms` for that. */
    async isDestroyed(ms: number): Promise<boolean> {
      // No event will come: the engine is away, or has removed the container already.
      if (isLost) return false;
      // We end it ourselves, so how it ended does not matter.
      settle(null);
      const given = new AbortController();
      const late = pause(ms, false, { signal: given.signal }).catch(() => false);
      const isGone = await Promise.race([destroyed.promise, late]);
      given.abort();
      return isGone;
    },
    stop: forget,
  };
}

/** Asks the engine; null when the container was removed or the engine does not answer. */
const askForState = (container: Docker.Container) =>
  container.inspect().then(
    ({ State }) => State,
    () => null,
  );
