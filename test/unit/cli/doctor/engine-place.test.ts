/** What the doctor says about the way to the engine. */
import { expect, test } from 'vitest';
import type { EngineAddress } from '../../../../server/adapters/engine-address/choose-address.mjs';
import type { Place } from '../../../../server/adapters/engine-address/parse-place.mjs';
import { answeringCheck } from '../../../../server/cli/doctor/engine-place.ts';

const at = (place: Place, note: string | null = null): EngineAddress => ({
  place,
  shown: 'somewhere',
  origin: 'DOCKER_HOST',
  from: 'DOCKER_HOST',
  note,
});
const tcp = (host: string, verify: boolean | null): Place => ({
  kind: 'tcp',
  host,
  port: 2376,
  tls: verify === null ? null : { folder: '/c', ca: null, cert: null, key: null, verify },
});

test('an address is said with its source, its note and its latency', () => {
  const address = at({ kind: 'socket', path: '/e.sock' }, 'It was found.');
  expect(answeringCheck(address, 1.4)).toMatchObject({
    check: 'engine address',
    state: 'ok',
    sentence: 'somewhere, from: DOCKER_HOST. It was found. It answers in 1 ms.',
  });
});

test('a way that anyone on the network can take is warned of', () => {
  const stateOf = (place: Place) => answeringCheck(at(place), 1).state;
  expect(stateOf(tcp('192.0.2.1', null))).toBe('warn');
  expect(stateOf(tcp('192.0.2.1', false))).toBe('warn');
  expect(stateOf(tcp('192.0.2.1', true))).toBe('ok');
  expect(stateOf(tcp('127.0.0.1', null))).toBe('ok');
});

test('an engine that is far away is warned of', () => {
  expect(answeringCheck(at({ kind: 'socket', path: '/e.sock' }), 400)).toMatchObject({ state: 'warn' });
});
