// What ssh says when it cannot log in → a sentence.
import { AddressFault } from '../address-fault.mjs';
import { shownPlace } from '../parse-place.mjs';

/** @typedef {import('../parse-place.mjs').SshPlace} SshPlace */

/** @typedef {{ when: RegExp, what: string, next(command: string): string }} Rule the first that fits applies */

/** @type {Rule[]} */
const RULES = [
  {
    when: /REMOTE HOST IDENTIFICATION HAS CHANGED|Offending .* key/,
    what: 'shows another host key than before: it is another machine, was set up anew, or something sits in between',
    next: (command) =>
      `Ask its operator for the fingerprint; if it is right, ssh-keygen -R <host>, then: ${command}`,
  },
  {
    when: /Host key verification failed|authenticity of host/,
    what: 'shows a host key that this user has not confirmed yet',
    next: (command) => `Log in once by hand, and compare the fingerprint: ${command}`,
  },
  {
    when: /Permission denied|Too many authentication failures|No supported authentication/,
    what: 'does not let this user in',
    next: (command) => `Make this work without a question (a key, or an agent): ${command} true`,
  },
  {
    when: /Could not resolve hostname/,
    what: 'has a name that is not known',
    next: () => 'See whether the name is right.',
  },
  {
    when: /Connection refused|No route to host|timed out|Network is unreachable/,
    what: 'does not answer to ssh',
    next: () => 'See whether the machine runs, and whether name and port are right.',
  },
  {
    when: /spawn ssh ENOENT/,
    what: 'cannot be reached: there is no command ssh on this machine',
    next: () => 'Install it: apt-get install openssh-client',
  },
];

/**
 * @param {SshPlace} place
 * @param {unknown} error
 */
export function sshFault(place, error) {
  const said = error instanceof Error ? error.message : String(error);
  const { user, host, port } = place;
  const command = [
    'ssh',
    ...(port === null ? [] : ['-p', port]),
    user === null ? host : `${user}@${host}`,
  ].join(' ');
  const { what, next } = RULES.find(({ when }) => when.test(said)) ?? {
    what: `did not let ssh get through: ${lastLine(said) || 'it said nothing'}`,
    next: (/** @type {string} */ by) => `Make this work without a question: ${by} true`,
  };
  return new AddressFault(`${shownPlace({ ...place, path: null })} ${what}.`, next(command), {
    cause: error,
  });
}

/** @param {string} text */
const lastLine = (text) => (text.split('\n').at(-1) ?? '').replaceAll(/\p{Cc}/gu, '').slice(0, 200);
