/** Turns the engine's errors about registries, the network and the disk into sentences. Pure. */
import { type ErrorCode, GradeportError } from '../../../rules/errors.ts';

type Rule = { when: RegExp; code: ErrorCode; say: (reference: string, host: string) => string };

/** The first rule that fits applies. The engine's words come from its own code and from the registries'. */
const RULES: readonly Rule[] = [
  {
    when: /no space left on device|disk quota exceeded/i,
    code: 'no-space',
    say: (reference) =>
      `There is no room for ${reference} on the engine's disk. Free some: gradeport env prune, or docker image prune.`,
  },
  {
    when: /unauthorized|authentication required|no basic auth credentials|access (?:to the resource is )?denied|incorrect username or password|insufficient.scope/i,
    code: 'denied',
    say: (reference, host) =>
      `The registry refuses ${reference}: the user or the password is wrong, or missing, or may not do this. Give them under "Registries", or with: gradeport registry login ${host}`,
  },
  {
    when: /manifest (?:for .* )?(?:unknown|not found)|name unknown|repository .* not found|no such image|does not exist/i,
    code: 'not-found',
    say: (reference) => `There is no image ${reference}. Is its name right, and its tag?`,
  },
  {
    when: /server gave HTTP response to HTTPS client/i,
    code: 'unreachable',
    say: (_, host) =>
      `The registry ${host} does not use TLS, so the engine refuses to connect. If you trust the network between, add "insecure-registries": ["${host}"] to the engine's daemon.json.`,
  },
  {
    when: /x509|certificate/i,
    code: 'unreachable',
    say: (_, host) =>
      `The engine does not trust the certificate of the registry ${host}. Give it the certificate authority.`,
  },
  {
    when: /toomanyrequests|too many requests/i,
    code: 'busy',
    say: (_, host) => `The registry ${host} was asked too often. Try again in an hour, or sign in.`,
  },
  {
    when: /dial tcp|no such host|i\/o timeout|connection refused|connection reset|network is unreachable|deadline exceeded|TLS handshake|unexpected EOF|Client\.Timeout|received unexpected HTTP status: 5/i,
    code: 'unreachable',
    say: (_, host) =>
      `The registry ${host} cannot be reached from the engine. Is there a network? Without one, "gradeport env export" and "env import" carry images in a file.`,
  },
];

/** @param host the registry, for the sentence */
export function transferError(text: string, reference: string, host: string): GradeportError {
  const cause = new Error(text.slice(0, 2000));
  const rule = RULES.find(({ when }) => when.test(text));
  if (rule) return new GradeportError(rule.code, rule.say(reference, host), { cause });
  return new GradeportError('conflict', `${reference}: the engine failed: ${text.trim().slice(0, 500)}`, {
    cause,
  });
}
