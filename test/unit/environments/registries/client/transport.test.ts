import { expect, test } from 'vitest';
import { mayLead } from '../../../../../server/environments/registries/client/transport.ts';

const REGISTRY = 'https://registry.example.org/v2/';
const LOOPBACK = 'http://127.0.0.1:5000/v2/';

test.each([
  [REGISTRY, 'https://blobs.example.com/x', true],
  [REGISTRY, 'http://blobs.example.com/x', false],
  [REGISTRY, 'ftp://blobs.example.com/x', false],
  [REGISTRY, 'https://127.0.0.1/x', false],
  [REGISTRY, 'https://127.1/x', false],
  [REGISTRY, 'https://2130706433/x', false],
  [REGISTRY, 'https://localhost:8080/x', false],
  [REGISTRY, 'https://localhost./x', false],
  [REGISTRY, 'https://a.localhost/x', false],
  [REGISTRY, 'https://0.0.0.0/x', false],
  [REGISTRY, 'https://[::]/x', false],
  [REGISTRY, 'https://[::1]/x', false],
  [REGISTRY, 'https://[::ffff:127.0.0.1]/x', false],
  [REGISTRY, 'https://[fe80::1]/x', false],
  ['http://registry.lan:5000/v2/', 'http://169.254.169.254/latest', false],
  ['http://registry.lan:5000/v2/', 'http://10.0.0.7/x', true],
  [LOOPBACK, 'http://localhost:5001/x', true],
  [LOOPBACK, 'https://blobs.example.com/x', true],
])('%s may lead to %s: %s', (from, to, may) => {
  expect(mayLead(new URL(from), new URL(to))).toBe(may);
});
