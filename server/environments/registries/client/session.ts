/** A conversation with one registry about one repository: finds the way to ask, and signs in when it is told to. */
import { z } from 'zod';
import { GradeportError } from '../../../rules/errors.ts';
import { type ImagePolicy, isLoopback, schemesOf } from '../policy.ts';
import { DEFAULT_HOST, type Reference } from '../reference.ts';
import { parseChallenge } from './challenge.ts';
import { type Answer, ask, mayLead, RegistryAway } from './transport.ts';

export type Login = { user: string; password: string };
export type SessionOptions = {
  login: Login | null;
  policy: Pick<ImagePolicy, 'insecureRegistries'>;
  timeoutMs: number;
  stopped: AbortSignal | null;
};
export type Wanted = { path: string; method?: 'GET' | 'HEAD'; accept?: string; maxBytes: number };

/** The default registry answers at another name than images carry. */
const API_HOSTS: Readonly<Record<string, string>> = { [DEFAULT_HOST]: 'registry-1.docker.io' };
const MAX_SHORT_BYTES = 64 * 1024;
const tokenSchema = z
  .object({ token: z.string().max(MAX_SHORT_BYTES), access_token: z.string().max(MAX_SHORT_BYTES) })
  .partial();

const basic = ({ user, password }: Login): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

export function openSession(reference: Reference, options: SessionOptions) {
  const host = API_HOSTS[reference.host] ?? reference.host;
  const { timeoutMs, stopped, login } = options;
  let base: URL | null = null;
  let authorization: string | null = null;

  const send = (url: URL, { method = 'GET', accept, maxBytes }: Omit<Wanted, 'path'>, auth: string | null) =>
    ask({
      url,
      method,
      maxBytes,
      timeoutMs,
      stopped,
      headers: { ...(accept && { accept }), ...(auth !== null && { authorization: auth }) },
    });

  /** With TLS or, where that is allowed, without: whichever the registry speaks. */
  async function findBase(): Promise<URL> {
    const schemes = schemesOf(reference.host, options.policy);
    for (const [index, scheme] of schemes.entries()) {
      const url = new URL(`${scheme}://${host}/v2/`);
      try {
        const answer = await send(url, { maxBytes: MAX_SHORT_BYTES }, null);
        if (answer.status === 401) await authorise(url, answer);
        // A server that wants TLS answers a plain request with 400.
        if (answer.status !== 400 || index === schemes.length - 1) return url;
      } catch (error) {
        if (!mayTryNext(error) || index === schemes.length - 1) throw error;
      }
    }
    return new URL(`https://${host}/v2/`);
  }

  async function authorise(url: URL, { headers }: Answer): Promise<void> {
    const challenge = parseChallenge(headers.get('www-authenticate'));
    if (challenge?.scheme === 'basic') {
      if (login === null) throw denied(reference.host, false);
      authorization = basic(login);
    } else if (challenge?.scheme === 'bearer') {
      authorization = `Bearer ${await fetchToken(url, challenge.realm, challenge.service)}`;
    } else {
      throw denied(reference.host, login !== null);
    }
  }

  async function fetchToken(url: URL, realm: string, service: string | null): Promise<string> {
    const address = new URL(realm);
    // The password goes there: without TLS only where the registry itself may be asked so.
    const isSafe = address.protocol === 'https:' || (url.protocol === 'http:' && mayBePlain(address));
    if (!isSafe || !mayLead(url, address)) {
      const where = isSafe ? 'which a registry elsewhere has no business with' : 'without TLS';
      throw new GradeportError(
        'denied',
        `The registry ${reference.host} wants a password sent to ${address.host}, ${where}. It is not sent.`,
      );
    }
    if (service !== null) address.searchParams.set('service', service);
    address.searchParams.set('scope', `repository:${reference.repository}:pull`);
    const { status, body } = await send(
      address,
      { maxBytes: MAX_SHORT_BYTES },
      login === null ? null : basic(login),
    );
    if (status !== 200) throw denied(reference.host, login !== null);
    const { token, access_token } = readToken(body);
    const found = token ?? access_token;
    if (found === undefined || !/^[\x21-\x7e]+$/.test(found)) throw denied(reference.host, login !== null);
    return found;
  }

  const mayBePlain = ({ host: at }: URL): boolean =>
    isLoopback(reference.host) ? isLoopback(at) : schemesOf(at, options.policy).includes('http');

  return {
    /** Any status but those of a refusal, which fail with "denied", "busy" or "unreachable". */
    async get(wanted: Wanted): Promise<Answer> {
      base ??= await findBase();
      const url = new URL(wanted.path, base);
      const answer = await send(url, wanted, authorization);
      if (answer.status !== 401) return refuse(answer, reference.host, login !== null);
      await authorise(url, answer);
      return refuse(await send(url, wanted, authorization), reference.host, login !== null);
    },
  };
}

/** It speaks no TLS, or nobody listens at that port: asked in the other way it may answer. */
const mayTryNext = (error: unknown): boolean =>
  error instanceof RegistryAway &&
  /^(?:EPROTO|ERR_SSL|ECONNREFUSED|ECONNRESET|UND_ERR_SOCKET)/.test(error.reason);

function readToken(body: Buffer): z.infer<typeof tokenSchema> {
  try {
    return tokenSchema.parse(JSON.parse(body.toString('utf8')));
  } catch (error) {
    throw new GradeportError('conflict', 'What the registry sends as a token is malformed.', {
      cause: error,
    });
  }
}

function denied(host: string, signedIn: boolean): GradeportError {
  const why = signedIn
    ? 'The user and the password that are kept for it are wrong, or may not read this image.'
    : 'It wants a user and a password, or there is no such image.';
  return new GradeportError(
    'denied',
    `The registry ${host} refuses. ${why} Give them under "Registries", or with: gradeport registry login ${host}`,
  );
}

function refuse(answer: Answer, host: string, signedIn: boolean): Answer {
  const { status } = answer;
  if (status === 401 || status === 403) throw denied(host, signedIn);
  if (status === 429) {
    throw new GradeportError(
      'busy',
      `The registry ${host} was asked too often. Try again in an hour, or sign in.`,
    );
  }
  if (status >= 500) {
    throw new GradeportError(
      'unreachable',
      `The registry ${host} answers with an error (${status}). Try again later.`,
    );
  }
  return answer;
}
