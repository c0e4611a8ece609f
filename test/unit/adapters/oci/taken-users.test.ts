/** Users of slots that this machine has given to somebody else. */
import { expect, test } from 'vitest';
import { overlapWith } from '../../../../server/adapters/oci/taken-users.ts';
import { loadConfig } from '../../../../server/config/config.ts';

const range = { first: 100_000, slots: 10 };
const passwd = (uid: string) => `root:x:0:0:root:/root:/bin/sh\nada:x:${uid}:100::/home/ada:/bin/sh\n`;
const found = (files: { passwd?: string; subuid?: string }) =>
  overlapWith(range, { passwd: '', subuid: '', ...files });

test.each(['100000', '100007', '100019'])('a user %s is found', (uid) => {
  expect(found({ passwd: passwd(uid) })).toBe(`ada is user ${uid} (/etc/passwd)`);
});

test.each(['99999', '100020', '', 'x', '-100007', '100007 ', '1000070000000000000000'])(
  'a user "%s" is not among them',
  (uid) => {
    expect(found({ passwd: passwd(uid) })).toBeNull();
  },
);

test.each([
  ['ada:100010:65536', 'ada has the users 100010 to 165545 (/etc/subuid)'],
  ['# comment\nada:65536:65536', 'ada has the users 65536 to 131071 (/etc/subuid)'],
  ['ada:100019:1', 'ada has the users 100019 to 100019 (/etc/subuid)'],
])('subordinate users that reach into them are found: %s', (subuid, sentence) => {
  expect(found({ subuid })).toBe(sentence);
});

test.each(['ada:100020:65536', 'ada:99990:10', 'ada:100010:0', 'ada:100010', 'ada:1e5:10', ':::', ''])(
  'subordinate users "%s" are not among them',
  (subuid) => {
    expect(found({ subuid })).toBeNull();
  },
);

test('the numbers are set in the configuration, and cannot be those of the system or of the user "nobody"', () => {
  const of = (slotUsers: object) => loadConfig({ slotUsers }, undefined, {}).slotUsers;
  expect(of({})).toEqual({ first: 1_900_000_000, slots: 1000 });
  expect(loadConfig({}, undefined, { GRADEPORT_SLOT_USERS__FIRST: '200000' }).slotUsers.first).toBe(200_000);
  for (const wrong of [{ first: 0 }, { first: 4242 }, { first: 2 ** 32 - 100 }, { slots: 0 }, { first: 'a' }])
    expect(() => of(wrong)).toThrow(/slot-?users/i);
});
