/** Posts to an address from a launch: bounded in time and bytes, without redirects, not into our own network. */
import { lookup } from 'node:dns';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { GradeportError } from '../rules/errors.ts';
import { stopped } from '../rules/stopped-attacks.ts';
import { bytesText, durationText } from '../text/quantities.ts';
import { isPublicAddress } from './addresses.ts';

const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 64 * 1024;

export type Post = (
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
  stop: AbortSignal,
) => Promise<PostAnswer>;
type PostAnswer = { status: number; body: string };

/** @param privateHosts hosts (with a port, where it is not the usual one) that may have private addresses */
export function createPost(privateHosts: readonly string[], timeoutMs = TIMEOUT_MS): Post {
  return async (url, headers, body, stop) => {
    const late = AbortSignal.timeout(timeoutMs);
    const isTrusted = privateHosts.some((host) => host.toLowerCase() === url.host);
    if (!isTrusted) refuseLiteral(url);
    try {
      return await send(url, headers, body, AbortSignal.any([late, stop]), isTrusted ? lookup : publicLookup);
    } catch (error) {
      if (error instanceof GradeportError) throw error;
      const why = late.aborted
        ? `did not answer within ${durationText(timeoutMs)}`
        : `cannot be reached (${codeOf(error)})`;
      throw new GradeportError('unreachable', `${url.host} ${why}`, { cause: error });
    }
  };
}

function send(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
  signal: AbortSignal,
  find: LookupFunction,
) {
  const { promise, resolve, reject } = Promise.withResolvers<PostAnswer>();
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  const length = { 'content-length': String(Buffer.byteLength(body)) };
  const sent = request(url, {
    method: 'POST',
    headers: { ...headers, ...length },
    agent: false,
    signal,
    lookup: find,
  });
  sent.once('error', reject);
  sent.once('response', (response) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes <= MAX_ANSWER_BYTES) return;
      response.destroy();
      reject(
        new GradeportError('conflict', `${url.host} answers with more than ${bytesText(MAX_ANSWER_BYTES)}`),
      );
    });
    response.once('error', reject);
    response.once('end', () =>
      resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
    );
  });
  sent.end(body);
  return promise;
}

/** A literal IP address is checked here, because it needs no name lookup. */
function refuseLiteral({ host, hostname }: URL): void {
  const address = hostname.replace(/^\[|\]$/g, '');
  if (isIP(address) !== 0 && !isPublicAddress(address)) throw notPublic(host);
}

/** Checks the addresses of the actual connection: a name that resolves differently the next time gains nothing. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '', 4);
    const [first] = addresses;
    if (!first || !addresses.every(({ address }) => isPublicAddress(address)))
      return callback(notPublic(hostname), '', 4);
    if (options.all) return callback(null, addresses);
    callback(null, first.address, first.family);
  });
};

function notPublic(host: string): GradeportError {
  const why = `${host} has a private address, where no grades are sent unless the operator names it in lti.privateHosts`;
  stopped('network', { why });
  return new GradeportError('denied', why);
}

const codeOf = (error: unknown): string =>
  error instanceof Error
    ? 'code' in error && typeof error.code === 'string'
      ? error.code
      : error.name
    : 'no answer';
