/** Whether browsers can reach the server: its port, and the public address. */
import { createServer } from 'node:net';
import { z } from 'zod';
import { holderOf } from '../../adapters/sqlite/folder/folder-lock.ts';
import type { Config } from '../../config/config.ts';
import { type Check, fail, ok, sentenceOf, skipped, warn } from './check.ts';

const ANSWER_MS = 5000;
const healthSchema = z.object({ ok: z.boolean(), engine: z.boolean(), store: z.boolean() });
type Web = Pick<Config, 'host' | 'port' | 'publicUrl' | 'data'>;

/** Whether our own server answers; other checks need this too. */
export async function portCheck({ host, port, data }: Web): Promise<{ check: Check; serves: boolean }> {
  const check = 'port';
  const other = 'Stop that program, or choose another port with --port.';
  if (port === 0) return { serves: false, check: ok(check, 'Any free one is taken at the start.') };
  const code = await tryListen(host, port);
  if (code === null) return { serves: false, check: ok(check, `${port} is free.`) };
  if (code === 'EACCES') {
    const next = 'Choose one above 1023 with --port.';
    return { serves: false, check: fail(check, `${port} may be opened by root only.`, next) };
  }
  if (code !== 'EADDRINUSE') {
    const sentence = `This machine cannot listen on ${host}:${port} (${code}).`;
    return { serves: false, check: fail(check, sentence, 'Choose an address of this machine with --host.') };
  }
  if (!(await isGradeport(`http://${addressOf(host)}:${port}`))) {
    return { serves: false, check: fail(check, `Another program has ${port}.`, other) };
  }
  const holder = holderOf(data);
  return holder === null
    ? { serves: false, check: fail(check, `A Gradeport with another data folder has ${port}.`, other) }
    : { serves: true, check: ok(check, `Our own server (process ${holder.pid}) listens on ${port}.`) };
}

/** @returns null if it could listen, else the system's error code */
function tryListen(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });
}

/** What programs on this machine type for the address that it listens on. */
export const addressOf = (host: string): string => {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
};

type Health = z.infer<typeof healthSchema>;

const isGradeport = async (url: string): Promise<boolean> => (await askHealth(url)) !== null;

/** null: nothing answers there, or another program does */
export const askHealth = (url: string): Promise<Health | null> => ask(url).catch(() => null);

/** null: another program answers */
async function ask(url: string): Promise<Health | null> {
  const signal = AbortSignal.timeout(ANSWER_MS);
  const answer = await fetch(new URL('/healthz', url), { redirect: 'manual', signal });
  return healthSchema.safeParse(await answer.json().catch(() => null)).data ?? null;
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[?::1\]?)$/;

/** @param serves whether our own server answers on its port */
export async function addressCheck({ host, publicUrl }: Web, serves: boolean): Promise<Check> {
  const check = 'address';
  if (publicUrl === null) {
    return LOOPBACK.test(host)
      ? ok(check, 'Browsers on this machine only; for others set publicUrl and a proxy with TLS before it.')
      : warn(
          check,
          'Other machines may reach it without TLS: passwords can be read on the way.',
          'Let it listen on 127.0.0.1, put a proxy with TLS before it, and set publicUrl.',
        );
  }
  const fault = faultOf(new URL(publicUrl));
  if (fault !== null) return fail(check, ...fault);
  return serves
    ? reach(check, publicUrl)
    : skipped(check, `${publicUrl} was not asked: the server does not run.`, 'Start it, then look again.');
}

function faultOf({ protocol, hostname, pathname }: URL): [sentence: string, next: string] | null {
  if (!/^https?:$/.test(protocol)) return [`publicUrl begins with ${protocol}`, 'Write https://…'];
  if (pathname !== '/') {
    return ['publicUrl has a path; links and cookies are made for the root of a host name.', 'Leave it out.'];
  }
  if (protocol === 'http:' && !LOOPBACK.test(hostname)) {
    return ['publicUrl has no TLS: passwords can be read on the way.', 'Give the proxy a certificate.'];
  }
  return null;
}

async function reach(check: string, url: string): Promise<Check> {
  const next = 'Look at the proxy: docs/operators.md, "Behind a proxy".';
  try {
    return (await ask(url)) !== null
      ? ok(check, `${url} leads here.`)
      : fail(check, `What answers at ${url} is no Gradeport.`, next);
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return fail(check, `${url} cannot be reached: ${sentenceOf(cause)}.`, next);
  }
}
