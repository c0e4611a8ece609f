/** Who may read the metrics: operators, a monitoring program with the token, and programs on this machine. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { BlockList } from 'node:net';
import type { Request, Response } from 'express';
import { can } from '../../rules/access.ts';
import { GradeportError } from '../../rules/errors.ts';
import type { HttpConfig } from '../deps.ts';
import { userOf } from './session.ts';

type WatchConfig = Pick<HttpConfig, 'publicUrl' | 'metricsToken'>;

/** Fails with "denied" for all other clients. */
export function requireWatcher(config: WatchConfig, req: Request, res: Response): void {
  const user = userOf(res);
  if (user ? can(user, 'operate', null) : hasToken(config, req) || isThisMachine(config, req)) return;
  throw new GradeportError(
    'denied',
    'How the server does is for operators: sign in as one, or send the metricsToken of the configuration as a bearer token.',
  );
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

function hasToken({ metricsToken }: WatchConfig, req: Request): boolean {
  const [, given] = /^Bearer (\S+)$/i.exec(req.get('authorization') ?? '') ?? [];
  // Digests have the same length, so the comparison takes the same time whatever was sent.
  return metricsToken !== null && given !== undefined && timingSafeEqual(digest(given), digest(metricsToken));
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');
const FORWARDED = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'];
const OWN_NAME = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

/**
 * True for a program on this machine that connects directly. Behind a proxy every request comes from this machine, so a
 * public URL or a proxy's header rules it out. A foreign name in Host means that a web page made a local browser ask.
 */
function isThisMachine({ publicUrl }: WatchConfig, req: Request): boolean {
  const address = (req.socket.remoteAddress ?? '').replace(/^::ffff:/i, '');
  return (
    publicUrl === null &&
    FORWARDED.every((header) => req.get(header) === undefined) &&
    OWN_NAME.test(req.get('host') ?? '') &&
    (loopback.check(address) || loopback.check(address, 'ipv6'))
  );
}
