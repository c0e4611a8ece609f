/** How a registry wants clients to authenticate: the WWW-Authenticate header (RFC 9110, 11.6.1). Pure. */

export type Challenge =
  | { scheme: 'basic' }
  | { scheme: 'bearer'; realm: string; service: string | null; scope: string | null };

const MAX_HEADER = 4096;
const PARAMETER = /([a-z_]{1,20})\s*=\s*(?:"([^"]*)"|([^\s",]+))/gi;

/** @returns null for a challenge that a user and a password cannot answer */
export function parseChallenge(header: string | null): Challenge | null {
  if (header === null || header.length > MAX_HEADER) return null;
  const [, scheme = '', rest = ''] = /^\s*(\w{1,20})\b(.*)$/s.exec(header) ?? [];
  if (scheme.toLowerCase() === 'basic') return { scheme: 'basic' };
  if (scheme.toLowerCase() !== 'bearer') return null;
  const found = new Map(
    [...rest.matchAll(PARAMETER)].map(([, key = '', quoted, plain]) => [key.toLowerCase(), quoted ?? plain]),
  );
  const realm = found.get('realm');
  if (realm === undefined || !URL.canParse(realm)) return null;
  return {
    scheme: 'bearer',
    realm,
    service: found.get('service') ?? null,
    scope: found.get('scope') ?? null,
  };
}
