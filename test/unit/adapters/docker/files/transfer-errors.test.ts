/** The engine's own words, as it prints them, and what people are told. */
import { expect, test } from 'vitest';
import { transferError } from '../../../../../server/adapters/docker/files/transfer-errors.ts';

const HOST = 'r.example.org';
const NAME = `${HOST}/lua:1`;

test.each([
  ['unauthorized: authentication required', 'denied', `gradeport registry login ${HOST}`],
  [`Head "https://${HOST}/v2/lua/manifests/1": no basic auth credentials`, 'denied', 'registry login'],
  [
    'pull access denied for lua, repository does not exist or may require authorization',
    'denied',
    'registry login',
  ],
  ['denied: requested access to the resource is denied', 'denied', 'registry login'],
  [`manifest for ${NAME} not found: manifest unknown: manifest unknown`, 'not-found', NAME],
  ['write /var/lib/x/layer.tar: no space left on device', 'no-space', 'no room'],
  [
    `Get "https://${HOST}/v2/": http: server gave HTTP response to HTTPS client`,
    'unreachable',
    'insecure-registries',
  ],
  [`Get "https://${HOST}/v2/": dial tcp: lookup ${HOST}: no such host`, 'unreachable', 'env import'],
  [`Get "https://${HOST}/v2/": dial tcp 192.0.2.1:443: i/o timeout`, 'unreachable', 'cannot be reached'],
  [`Get "https://${HOST}/v2/": x509: certificate signed by unknown authority`, 'unreachable', 'certificate'],
  ['toomanyrequests: You have reached your pull rate limit', 'busy', 'Try again'],
  [
    'filesystem layer verification failed for digest sha256:0123',
    'conflict',
    'filesystem layer verification',
  ],
])('%s', (words, code, sentence) => {
  expect(transferError(words, NAME, HOST)).toMatchObject({
    code,
    message: expect.stringContaining(sentence),
  });
});

test('words without an end are cut', () => {
  expect(transferError('x'.repeat(100_000), NAME, HOST).message.length).toBeLessThan(1000);
});
