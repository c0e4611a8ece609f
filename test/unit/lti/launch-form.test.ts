/** What is wrong with a launch, for the person who sets up the learning platform. */
import { expect, test } from 'vitest';
import { readLaunchForm } from '../../../server/lti/launch-form.ts';

const FORM = {
  lti_message_type: 'basic-lti-launch-request',
  lti_version: 'LTI-1p0',
  resource_link_id: 'r',
  oauth_consumer_key: 'k',
  oauth_signature_method: 'HMAC-SHA1',
  oauth_timestamp: '1',
  oauth_nonce: 'n',
  oauth_signature: 's',
  user_id: 'u',
};
const USERS = 'Let the learning platform tell this tool who its users are';

test.each<[string, Partial<typeof FORM>, string]>([
  ['an empty user', { user_id: '' }, `"user_id": it is empty. ${USERS}`],
  ['a user that is too long', { user_id: 'x'.repeat(5000) }, '"user_id": it is longer than '],
  ['an empty nonce', { oauth_nonce: '' }, '"oauth_nonce": it is empty.'],
  [
    'another way of signing',
    { oauth_signature_method: 'RSA' },
    '"oauth_signature_method": expected HMAC-SHA1.',
  ],
])('%s has a sentence', (_, change, sentence) => {
  expect(() => readLaunchForm(new URLSearchParams({ ...FORM, ...change }).toString(), '')).toThrow(sentence);
});

test('a launch that is as it should be is read', () => {
  expect(readLaunchForm(new URLSearchParams(FORM).toString(), '').user_id).toBe('u');
});
