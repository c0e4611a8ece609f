/** Whether a request comes from one of our own pages. Shared by forms, the API and the live socket. */
import type { IncomingHttpHeaders } from 'node:http';
import type { RequestHandler } from 'express';
import { networkOf } from '../../people/sign-in/network.ts';
import { stopped } from '../../rules/stopped-attacks.ts';
import { ForeignSite } from './error-answer.ts';

function hostOf(url: string): string | null {
  return URL.canParse(url) ? new URL(url).host : null;
}

/** @param publicUrl the address that browsers use when a proxy stands before us and writes another Host */
function isOwnOrigin(origin: string, host: string | undefined, publicUrl: string | null): boolean {
  const from = hostOf(origin);
  return (
    from !== null && (from === host?.toLowerCase() || (publicUrl !== null && from === hostOf(publicUrl)))
  );
}

/**
 * Browsers state with every request where it comes from, and pages cannot forge that. A request without such a
 * header does not come from a browser, so no other site can have caused it.
 */
export function isSameSite(headers: IncomingHttpHeaders, publicUrl: string | null): boolean {
  const { origin } = headers;
  if (origin !== undefined && origin !== 'null') return isOwnOrigin(origin, headers.host, publicUrl);
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  return origin === undefined;
}

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

export function refuseForeignSites(publicUrl: string | null): RequestHandler {
  return (req, _res, next) => {
    if (READS.has(req.method) || isSameSite(req.headers, publicUrl)) return next();
    stopped('foreign-site', {
      why: `a ${req.method} request from ${req.headers.origin ?? 'another site'}`,
      from: networkOf(req.ip ?? ''),
    });
    throw new ForeignSite();
  };
}
