/** Images in and out, over Docker's API. */
import type Docker from 'dockerode';
import { z } from 'zod';
import type { FoundImage, LayerNews, RegistryLogin, Transfers } from '../../../ports/engine/transfers.ts';
import { GradeportError } from '../../../rules/errors.ts';
import { asking, statusOf } from '../errors.ts';
import { jsonLines } from '../json-lines.ts';
import { inPath } from './image-path.ts';
import { transferError } from './transfer-errors.ts';

const newsSchema = z.object({
  id: z.string().optional(),
  status: z.string().optional(),
  stream: z.string().optional(),
  progressDetail: z.object({ current: z.number().optional(), total: z.number().optional() }).nullish(),
  error: z.string().optional(),
  aux: z.object({ Digest: z.string().optional() }).nullish(),
});
type News = z.infer<typeof newsSchema>;

const foundSchema = z
  .array(
    z.object({
      name: z.string().max(500),
      description: z.string().nullish(),
      star_count: z.number().nullish(),
      is_official: z.boolean().nullish(),
      is_automated: z.boolean().nullish(),
    }),
  )
  .max(1000);

export const dockerTransfers = (docker: Docker): Transfers => ({
  pull: (reference, login, onNews, stopped) => pull(docker, reference, login, onNews, stopped),
  push: (reference, login, onNews, stopped) => push(docker, reference, login, onNews, stopped),
  save: (id, stopped) => save(docker, id, stopped),
  load: (archive, stopped) => load(docker, archive, stopped),
  search: (words, limit, stopped) => search(docker, words, limit, stopped),
});

/** Splits off "host/repository"; a colon before the last slash belongs to a port. */
function split(reference: string): { repository: string; version: string } {
  const at = reference.indexOf('@');
  const colon = at === -1 ? reference.lastIndexOf(':') : at;
  return { repository: reference.slice(0, colon), version: reference.slice(colon + 1) };
}

/** The registry that a name belongs to, by the engines' own rule. */
const hostOf = (name: string): string => {
  const [first = '', ...rest] = name.split('/');
  return rest.length > 0 && (/[.:]/.test(first) || first === 'localhost') ? first : 'docker.io';
};
const authOf = (login: RegistryLogin | null) =>
  login && { username: login.user, password: login.password, serveraddress: login.host };

async function pull(
  docker: Docker,
  reference: string,
  login: RegistryLogin | null,
  onNews: (news: LayerNews) => void,
  stopped: AbortSignal,
): Promise<void> {
  const { repository, version } = split(reference);
  const options = { fromImage: repository, tag: version, abortSignal: stopped };
  await transfer(reference, stopped, async () => {
    const stream = await docker.createImage(authOf(login) ?? undefined, options);
    for await (const news of newsOf(stream, reference)) report(news, onNews);
  });
}

async function push(
  docker: Docker,
  reference: string,
  login: RegistryLogin | null,
  onNews: (news: LayerNews) => void,
  stopped: AbortSignal,
): Promise<string> {
  const { repository, version } = split(reference);
  // The engine wants the header, even when there is nothing to say.
  const auth = authOf(login) ?? { username: '', password: '' };
  let digest = '';
  await transfer(reference, stopped, async () => {
    const image = docker.getImage(inPath(repository));
    const stream = await image.push({ tag: version, abortSignal: stopped, authconfig: auth });
    for await (const news of newsOf(stream, reference)) {
      digest = news.aux?.Digest ?? digest;
      report(news, onNews);
    }
  });
  if (digest === '')
    throw new GradeportError('internal', `The engine does not say what became of ${reference}.`);
  return digest;
}

function report({ id, status, progressDetail }: News, onNews: (news: LayerNews) => void): void {
  if (id === undefined || status === undefined) return;
  onNews({ layer: id, status, done: progressDetail?.current ?? null, total: progressDetail?.total ?? null });
}

async function* newsOf(stream: NodeJS.ReadableStream, reference: string): AsyncGenerator<News> {
  for await (const line of jsonLines(stream)) {
    const news = newsSchema.parse(line);
    if (news.error !== undefined) throw transferError(news.error, reference, hostOf(reference));
    yield news;
  }
}

/** Our own errors pass unchanged; every other failure becomes one with a sentence. */
async function transfer<T>(reference: string, stopped: AbortSignal, work: () => Promise<T>): Promise<T> {
  stopped.throwIfAborted();
  try {
    return await asking(work);
  } catch (error) {
    stopped.throwIfAborted();
    if (error instanceof GradeportError || statusOf(error) === null) throw error;
    throw transferError(error instanceof Error ? error.message : '', reference, hostOf(reference));
  }
}

async function save(docker: Docker, id: string, stopped: AbortSignal): Promise<NodeJS.ReadableStream> {
  const stream = await transfer(id, stopped, () => docker.getImage(inPath(id)).get());
  // dockerode has no signal for this one.
  const end = () => 'destroy' in stream && typeof stream.destroy === 'function' && stream.destroy();
  stopped.addEventListener('abort', end, { once: true });
  return stream;
}

const LOADED = /^Loaded image(?: ID)?: (\S+)$/;

async function load(docker: Docker, archive: NodeJS.ReadableStream, stopped: AbortSignal): Promise<string> {
  let loaded = '';
  await transfer('the archive', stopped, async () => {
    const stream = await docker.loadImage(archive, { quiet: true, abortSignal: stopped });
    for await (const { stream: said } of newsOf(stream, 'the archive')) {
      loaded = LOADED.exec(said?.trim() ?? '')?.[1] ?? loaded;
    }
  });
  if (loaded === '') throw new GradeportError('conflict', 'The engine took no image from the archive.');
  return loaded;
}

const MAX_DESCRIPTION = 300;

async function search(
  docker: Docker,
  words: string,
  limit: number,
  stopped: AbortSignal,
): Promise<FoundImage[]> {
  const options = { term: words, limit, abortSignal: stopped };
  const found: unknown = await transfer(words, stopped, () => docker.searchImages(options));
  return foundSchema.parse(found).map((one) => ({
    name: one.name,
    description: (one.description ?? '').slice(0, MAX_DESCRIPTION),
    stars: one.star_count ?? 0,
    official: one.is_official ?? false,
    automated: one.is_automated ?? false,
  }));
}
