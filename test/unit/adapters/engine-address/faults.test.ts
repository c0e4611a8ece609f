/** What a broken way to the engine is called: the sentence names the address, its source, and the next step. */
import { expect, test } from 'vitest';
import type { EngineAddress } from '../../../../server/adapters/engine-address/choose-address.mjs';
import { faultOf } from '../../../../server/adapters/engine-address/faults.mjs';
import { sshFault } from '../../../../server/adapters/engine-address/ssh/ssh-fault.mjs';

const socket: EngineAddress = {
  place: { kind: 'socket', path: '/e.sock' },
  shown: 'unix:///e.sock',
  origin: 'DOCKER_HOST',
  from: 'DOCKER_HOST',
  note: null,
};
const far = { kind: 'ssh', host: 'engine', port: 2222, user: 'ann', path: null } as const;
const ssh: EngineAddress = { ...socket, place: far, shown: 'ssh://ann@engine:2222', origin: 'context' };
const tcp: EngineAddress = {
  ...socket,
  place: { kind: 'tcp', host: 'engine', port: 2375, tls: null },
  shown: 'tcp://engine:2375',
};
const failed = (code: string, message = code) => Object.assign(new Error(message), { code });

test.each([
  [socket, 'ENOENT', 'there is no socket unix:///e.sock (DOCKER_HOST).'],
  [socket, 'ECONNREFUSED', 'nothing listens on unix:///e.sock (DOCKER_HOST).'],
  [socket, 'ECONNRESET', 'the connection to unix:///e.sock broke (DOCKER_HOST).'],
  [tcp, 'ENOTFOUND', 'the name in tcp://engine:2375 is not known (DOCKER_HOST).'],
  [tcp, 'ETIMEDOUT', 'tcp://engine:2375 cannot be reached (DOCKER_HOST).'],
  [ssh, 'ECONNRESET', "the engine's socket behind ssh://ann@engine:2222 takes no connection"],
])('%o: %s', (address, code, said) => {
  expect(faultOf(address, failed(code))?.message).toContain(`The container engine does not answer: ${said}`);
});

test('the next step depends on who chose the address', () => {
  const next = (origin: EngineAddress['origin']) => faultOf({ ...socket, origin }, failed('ENOENT'))?.next;
  expect(next('DOCKER_HOST')).toBe('Start that engine, or: unset DOCKER_HOST');
  expect(next('context')).toContain('docker context use default');
  expect(next('default')).toContain('npm run engine -- start');
});

test('a user without rights learns of the group', () => {
  expect(faultOf(socket, failed('EACCES'))).toMatchObject({
    message: 'This user may not talk to the container engine at unix:///e.sock (DOCKER_HOST).',
    next: expect.stringContaining('sudo usermod -aG docker "$USER"'),
  });
});

test("Go's own answer to plain HTTP is known", () => {
  const said = 'Client sent an HTTP request to an HTTPS server.';
  const answer = Object.assign(new Error(`(HTTP code 400) bad parameter - ${said}`), { statusCode: 400 });
  expect(faultOf(tcp, answer)).toMatchObject({ message: expect.stringContaining('expects TLS') });
});

test('what is not about the way there stays what it is', () => {
  expect(faultOf(tcp, Object.assign(new Error('no such image'), { statusCode: 404 }))).toBeNull();
  expect(faultOf(socket, failed('ABORT_ERR'))).toBeNull();
  expect(faultOf(socket, 'odd')).toBeNull();
});

test.each([
  ['Host key verification failed.', 'not confirmed yet', 'ssh -p 2222 ann@engine'],
  [
    '@  WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!  @\nHost key verification failed.',
    'another host key',
    'ssh-keygen -R',
  ],
  ['ann@engine: Permission denied (publickey).', 'does not let this user in', 'ssh -p 2222 ann@engine true'],
  ['ssh: Could not resolve hostname engine: Name or service not known', 'name that is not known', 'right'],
  ['ssh: connect to host engine port 2222: Connection refused', 'does not answer to ssh', 'port'],
  ['spawn ssh ENOENT', 'no command ssh', 'openssh-client'],
  ['sh: not found\u001b[2J', 'did not let ssh get through: sh: not found[2J', 'true'],
  ['', 'it said nothing', 'true'],
])('ssh that says %j', (said, what, next) => {
  expect(sshFault(far, new Error(said))).toMatchObject({
    message: expect.stringContaining(what),
    next: expect.stringContaining(next),
  });
});
