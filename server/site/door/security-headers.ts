/** What browsers may do with our pages: strict rules that keep students' text from becoming code. */
import { randomBytes } from 'node:crypto';
import type { RequestHandler, Response } from 'express';
import helmet from 'helmet';

/** A Host header that may be part of a policy: a name or an address, and a port. */
const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d+)?$/i;

/** Safari reads 'self' as http only, so the socket's own address is named too. */
function socketSources(host: string | undefined): string {
  return host && HOST.test(host) ? `ws://${host} wss://${host}` : '';
}

const nonceOf = (res: Response): string => String(res.locals.cspNonce);

export function securityHeaders(https: boolean): RequestHandler[] {
  const giveNonce: RequestHandler = (_req, res, next) => {
    // The editor creates <style> elements while it runs; it takes the nonce from the page.
    res.locals.cspNonce = randomBytes(16).toString('base64');
    next();
  };
  const headers = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", (_req, res) => `'nonce-${nonceOf(res as Response)}'`],
        imgSrc: ["'self'", 'data:'],
        connectSrc: ["'self'", (req) => socketSources(req.headers.host)],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    // "no-referrer" would make browsers send "Origin: null" with our own forms.
    referrerPolicy: { policy: 'same-origin' },
    xFrameOptions: { action: 'deny' },
    strictTransportSecurity: https,
  });
  return [giveNonce, headers];
}

/** Pages and answers about a user are not cached, so that "back" after signing out shows nothing. */
export const noStore: RequestHandler = (_req, res, next) => {
  res.set('Cache-Control', 'no-store');
  next();
};
