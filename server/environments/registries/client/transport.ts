/** Sends one request to a registry: bounded in time and bytes; redirects to a less safe place are refused. */
import { GradeportError } from '../../../rules/errors.ts';
import { bytesText, durationText } from '../../../text/quantities.ts';
import { isLoopback } from '../policy.ts';

export type Ask = {
  url: URL;
  method: 'GET' | 'HEAD';
  headers: Readonly<Record<string, string>>;
  maxBytes: number;
  timeoutMs: number;
  stopped: AbortSignal | null;
};
export type Answer = { status: number; headers: Headers; body: Buffer };

/** Registries redirect to another host for large content. */
const MAX_REDIRECTS = 3;

/** Fails with "unreachable" when no answer comes, and with "conflict" for one that is too long. */
export async function ask(request: Ask): Promise<Answer> {
  const late = AbortSignal.timeout(request.timeoutMs);
  const signal = request.stopped ? AbortSignal.any([late, request.stopped]) : late;
  try {
    return await follow(request, signal, MAX_REDIRECTS);
  } catch (error) {
    request.stopped?.throwIfAborted();
    if (error instanceof GradeportError) throw error;
    throw unreachable(request, late.aborted, error);
  }
}

async function follow(request: Ask, signal: AbortSignal, left: number): Promise<Answer> {
  const { url, method, headers, maxBytes } = request;
  const response = await fetch(url, { method, headers, signal, redirect: 'manual' });
  const target = response.headers.get('location');
  if (response.status < 300 || response.status > 399 || target === null) {
    return { status: response.status, headers: response.headers, body: await read(response, url, maxBytes) };
  }
  await response.body?.cancel();
  const next = URL.canParse(target, url.href) ? new URL(target, url) : null;
  if (left === 0 || next === null || !mayLead(url, next)) {
    throw new GradeportError('conflict', `${url.host} sends us somewhere that we do not follow.`);
  }
  // The host of the redirect must not see the password.
  const { authorization: _, ...plain } = headers;
  return follow(
    { ...request, url: next, headers: next.origin === url.origin ? headers : plain },
    signal,
    left - 1,
  );
}

/** Refuses redirects from TLS to plain HTTP, and from other hosts to this machine or to link-local addresses. */
export function mayLead(from: URL, to: URL): boolean {
  if (to.protocol !== 'https:' && to.protocol !== from.protocol) return false;
  return !isNear(to.hostname) || isLoopback(from.host);
}

/** All spellings of this machine (URLs write IPv4 in one form only), and link-local addresses. */
function isNear(hostname: string): boolean {
  const name = hostname.replace(/\.$/, '');
  return (
    isLoopback(name) ||
    name.endsWith('.localhost') ||
    /^(?:0|169\.254)\./.test(name) ||
    /^\[(?:::\]|::ffff:|fe[89ab])/.test(name)
  );
}

async function read(response: Response, url: URL, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) {
      throw new GradeportError(
        'conflict',
        `${url.host} sends more than ${bytesText(maxBytes)} where a short answer is expected. It is not taken.`,
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function unreachable({ url, timeoutMs }: Ask, isLate: boolean, cause: unknown): GradeportError {
  const why = isLate
    ? `did not answer within ${durationText(timeoutMs)}`
    : `cannot be reached (${codeOf(cause)})`;
  const next = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY/.test(codeOf(cause))
    ? 'Give its certificate authority in NODE_EXTRA_CA_CERTS, and to the engine.'
    : 'Is its name right, and is there a network?';
  return new RegistryAway(`The registry ${url.host} ${why}. ${next}`, codeOf(cause), cause);
}

/** Carries the reason, so that the caller can try the registry's other scheme. */
export class RegistryAway extends GradeportError {
  readonly reason: string;
  constructor(message: string, reason: string, cause: unknown) {
    super('unreachable', message, { cause });
    this.reason = reason;
  }
}

/** fetch wraps the system's error, sometimes twice. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no answer';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.cause === undefined ? error.name : codeOf(error.cause);
}
