/** Starts one container and holds its three streams. Order matters: create, attach, start. */
import type { Duplex } from 'node:stream';
import type Docker from 'dockerode';
import { GradeportError } from '../core/errors.ts';
import { findCgroups, readUsage } from './cgroup.ts';
import { createDemux } from './demux.ts';
import { asking, unlessGone } from './docker-errors.ts';
import type { DockerEvents } from './docker-events.ts';
import { createOptions } from './host-config.ts';
import type { ContainerEnd, ContainerOutput, ContainerSpec, RunningContainer } from './port.ts';

/** After the stream ended, how long the engine may take to say how the container died. */
const DEATH_NOTICE_MS = 2000;

export async function startDockerContainer(
  docker: Docker,
  events: DockerEvents,
  spec: ContainerSpec,
  output: ContainerOutput,
): Promise<RunningContainer> {
  const container = await asking(() => docker.createContainer(createOptions(spec)));
  const remove = () => unlessGone(() => container.remove({ force: true, v: true }));
  try {
    const stream = await asking(() => attach(container));
    const end = watchEnd(events, container.id, stream);
    stream.on('data', createDemux(output));
    await asking(() => container.start()).catch(refuseImage);
    const { State } = await asking(() => container.inspect());
    const cgroups = State.Pid > 0 ? await findCgroups(State.Pid) : null;
    return {
      id: container.id,
      write: (bytes) => {
        if (stream.writable) stream.write(bytes);
      },
      ended: end,
      usage: async () => (cgroups ? readUsage(cgroups) : null),
      remove: async () => {
        // With an unread stream still open the engine may hang on removal, for minutes.
        stream.destroy();
        // Without an engine there is nobody to ask; the container ends by itself now that its stdin is closed.
        await remove().catch((error: unknown) => {
          if (!(error instanceof GradeportError) || error.code !== 'unreachable') throw error;
        });
      },
    };
  } catch (error) {
    await remove().catch(() => {});
    throw error;
  }
}

/** An image without /bin/sh cannot start anything of ours; trying again would not help. */
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

/** The engine's promise for a container's exit may never settle, so stream and events are watched instead. */
function watchEnd(events: DockerEvents, id: string, stream: Duplex): Promise<ContainerEnd> {
  const { promise, resolve } = Promise.withResolvers<ContainerEnd>();
  let outOfMemory = false;
  const settle = (exitCode: number | null) => {
    forget();
    clearTimeout(timer);
    resolve({ exitCode, outOfMemory });
  };
  let timer: NodeJS.Timeout | undefined;
  const forget = events.watchContainer(id, {
    oom: () => {
      outOfMemory = true;
    },
    died: settle,
  });
  const streamOver = () => {
    timer ??= setTimeout(() => settle(null), DEATH_NOTICE_MS);
  };
  stream.on('error', streamOver);
  stream.on('close', streamOver);
  stream.on('end', streamOver);
  return promise;
}
