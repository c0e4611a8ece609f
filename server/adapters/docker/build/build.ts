/** Builds an image from a folder through the engine: within limits, and leaving nothing when it fails or is stopped. */
import type Docker from 'dockerode';
import type { BuildNews, BuildOrder, BuiltImage } from '../../../ports/engine/builder.ts';
import { GradeportError } from '../../../rules/errors.ts';
import { bytesText } from '../../../text/quantities.ts';
import { asking } from '../errors.ts';
import { packFolder } from '../files/pack-folder.ts';
import type { ImageLabels } from '../images/image-labels.ts';
import { failure, toError } from './errors.ts';
import { type BuildTraces, imageIds, removeTraces } from './leftovers.ts';
import { createBuildOutput } from './output.ts';
import { watchBuild } from './watch.ts';

const CPU_PERIOD_US = 100_000;
/** How long a build may need to end once its step was ended. */
const GRACE_MS = 5000;
/** How many of its last lines the error of a failed build quotes: apt's own reason is among them. */
const TAIL_LINES = 12;

export async function buildImage(
  docker: Docker,
  order: BuildOrder,
  news: BuildNews,
  labels: ImageLabels,
): Promise<BuiltImage> {
  const traces: BuildTraces = { there: await imageIds(docker), images: [], containers: new Set() };
  try {
    const id = await runBuild(docker, order, news, traces);
    const image = await describe(docker, id, labels);
    await order.accept?.(image);
    await tag(docker, id, order.tag);
    return image;
  } catch (error) {
    await removeTraces(docker, traces);
    throw error;
  }
}

async function runBuild(
  docker: Docker,
  order: BuildOrder,
  news: BuildNews,
  traces: BuildTraces,
): Promise<string> {
  const { limits, network, tag: name } = order;
  const ending = new AbortController();
  const end = (error: unknown): void => ending.abort(error);
  const clock = limits && AbortSignal.timeout(limits.timeMs);
  const over = AbortSignal.any(
    [ending.signal, order.stopped, clock].filter((one) => one instanceof AbortSignal),
  );
  await using watch = limits && watchBuild(docker, limits, traces, end);
  const tail: string[] = [];
  const output = createBuildOutput({
    line(text) {
      tail.splice(0, tail.length - TAIL_LINES + 1);
      tail.push(text);
      if (!over.aborted) news.line(text);
    },
    step(number, of, text) {
      if (!over.aborted) news.step({ number, of, text });
    },
    container: (id) => watch?.container(id),
    image(id) {
      traces.images.push(id);
      watch?.image(id);
    },
    pulling: () =>
      network || end(new GradeportError('denied', 'This build may not pull images from a registry.')),
  });
  using hangUp = whenOver(over, () => watch?.kill());
  try {
    over.throwIfAborted();
    await stream(docker, order, hangUp.signal, end, output.push);
    // A step may be over before the watch has looked at what it wrote.
    await watch?.settled();
    over.throwIfAborted();
  } catch (error) {
    throw toError(ending.signal.aborted ? ending.signal.reason : error, order, clock?.aborted === true);
  }
  const { id, error } = output.end();
  if (error !== null) throw failure(name, error, tail, limits);
  traces.images.push(id);
  return id;
}

/**
 * Ends a build by ending its step: then the engine reports the end, and nothing comes after that. If the build goes on
 * (it pulls, or copies much), the connection is closed, which the engine takes as a request to end, too.
 * @param kill undefined: there is no way to end a step
 */
function whenOver(over: AbortSignal, kill: () => true | undefined): { signal: AbortSignal } & Disposable {
  const hangUp = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const end = (): void => {
    timer = setTimeout(() => hangUp.abort(), kill() ? GRACE_MS : 0);
  };
  over.addEventListener('abort', end, { once: true });
  return {
    signal: hangUp.signal,
    [Symbol.dispose]() {
      clearTimeout(timer);
      over.removeEventListener('abort', end);
    },
  };
}

async function stream(
  docker: Docker,
  order: BuildOrder,
  signal: AbortSignal,
  end: (error: unknown) => void,
  push: (chunk: Buffer) => void,
): Promise<void> {
  const { limits } = order;
  const context = packFolder(order.folder, limits?.contextBytes ?? Number.POSITIVE_INFINITY, (error) => {
    end(error);
    // The engine waits for the rest of the context, which does not come.
    context.destroy();
  });
  const options = { ...optionsOf(order), abortSignal: signal };
  const progress = await asking(() =>
    docker.buildImage(context as unknown as NodeJS.ReadableStream, options),
  );
  let printed = 0;
  for await (const chunk of progress) {
    printed += chunk.length;
    if (limits && printed > limits.outputBytes) {
      end(
        new GradeportError(
          'too-large',
          `It printed more than ${bytesText(limits.outputBytes)}, which is the limit.`,
        ),
      );
    }
    push(Buffer.from(chunk));
  }
}

/** Nothing is mounted into a step's container, and without network it has none at all. */
function optionsOf({ labels, network, limits }: BuildOrder): Docker.ImageBuildOptions & { ulimits?: string } {
  return {
    labels,
    rm: true,
    forcerm: true,
    ...(network ? {} : { networkmode: 'none' }),
    ...(limits && {
      memory: limits.memoryBytes,
      // Memory and swap together: there is no swap.
      memswap: limits.memoryBytes,
      cpuperiod: CPU_PERIOD_US,
      cpuquota: Math.round(limits.cpus * CPU_PERIOD_US),
      // The limit of one file; all files together are watched.
      ulimits: JSON.stringify([{ Name: 'fsize', Soft: limits.diskBytes, Hard: limits.diskBytes }]),
    }),
  };
}

async function describe(docker: Docker, id: string, labels: ImageLabels): Promise<BuiltImage> {
  const info = await asking(() => docker.getImage(id).inspect());
  return {
    id: info.Id,
    labels: (await labels.of(info.Id, info.Config.Labels)).labels,
    size: info.Size,
    layers: info.RootFS.Layers?.length ?? 0,
  };
}

async function tag(docker: Docker, id: string, name: string): Promise<void> {
  const colon = name.lastIndexOf(':');
  const hasTag = colon > name.lastIndexOf('/');
  const repo = hasTag ? name.slice(0, colon) : name;
  await asking(() => docker.getImage(id).tag({ repo, tag: hasTag ? name.slice(colon + 1) : 'latest' }));
}
