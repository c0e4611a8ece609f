/** A session with one registry about one repository: finds the scheme, and signs in when the registry asks. */
import { GradeportError } from '../../../rules/errors.ts';
import { type ImagePolicy, schemesOf } from '../policy.ts';
import { DEFAULT_HOST, type Reference } from '../reference.ts';
import { parseChallenge } from './challenge.ts';
import { MAX_SHORT_BYTES, readToken, tokenAddress } from './token.ts';
import { type Answer, ask, RegistryAway } from './transport.ts';

export type Login = { user: string; password: string };
export type SessionOptions = {
  login: Login | null;
  policy: Pick<ImagePolicy, 'insecureRegistries'>;
  timeoutMs: number;
  stopped: AbortSignal | null;
};
export type Wanted = { path: string; method?: 'GET' | 'HEAD'; accept?: string; maxBytes: number };

/** The default registry answers under another host name than the one in image names. */
const API_HOSTS: Readonly<Record<string, string>> = { [DEFAULT_HOST]: 'registry-1.docker.io' };

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

  /** Finds out whether the registry speaks TLS; plain HTTP is tried only where it is allowed. */
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
      authorization = `Bearer ${await fetchToken(tokenAddress(reference, url, challenge, options.policy))}`;
    } else {
      throw denied(reference.host, login !== null);
    }
  }

  async function fetchToken(address: URL): Promise<string> {
    const auth = login === null ? null : basic(login);
    const { status, body } = await send(address, { maxBytes: MAX_SHORT_BYTES }, auth);
    const token = status === 200 ? readToken(body) : undefined;
    if (token === undefined) throw denied(reference.host, login !== null);
    return token;
  }

  return {
    /** Returns an answer of any status, except that refusals fail with "denied", "busy" or "unreachable". */
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

/** The registry speaks no TLS, or nothing listens at that port: the other scheme may work. */
const mayTryNext = (error: unknown): boolean =>
  error instanceof RegistryAway &&
  /^(?:EPROTO|ERR_SSL|ECONNREFUSED|ECONNRESET|UND_ERR_SOCKET)/.test(error.reason);

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
