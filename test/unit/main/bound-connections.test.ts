import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { boundConnections } from '../../../server/main/bound-connections.ts';
import { onStopped, type StoppedAttack } from '../../../server/rules/stopped-attacks.ts';

async function listening(bounds: { connections: number; connectionsPerAddress: number }, isDirect: boolean) {
  const server = createServer((_req, res) => void res.end('here'));
  boundConnections(server, bounds, isDirect);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const seen: StoppedAttack[] = [];
  onTestFinished(onStopped((attack) => void seen.push(attack)));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const open = async (from = '127.0.0.1') => {
    const socket = connect({ port, host: '127.0.0.1', localAddress: from });
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => {});
    await once(socket, 'connect');
    return socket;
  };
  return { server, open, seen };
}

test('one address has its share of connections, and another is served', async () => {
  const { open, seen } = await listening({ connections: 100, connectionsPerAddress: 3 }, true);
  for (let count = 0; count < 3; count += 1) await open();
  const fourth = await open();
  await once(fourth, 'close');
  expect(seen).toEqual([expect.objectContaining({ kind: 'flood', from: '127.0.0.1' })]);
  const other = await open('127.0.0.2');
  other.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  expect(String((await once(other, 'data'))[0])).toContain('200 OK');
});

test('a connection that ends makes room', async () => {
  const { open, server } = await listening({ connections: 100, connectionsPerAddress: 1 }, true);
  const [ended] = await Promise.all([once(server, 'connection'), open().then((first) => first.destroy())]);
  await once(ended[0], 'close');
  const second = await open();
  second.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  expect(String((await once(second, 'data'))[0])).toContain('200 OK');
});

test('behind a proxy all connections have one address, and only all together are bounded', async () => {
  const { open, seen } = await listening({ connections: 4, connectionsPerAddress: 1 }, false);
  for (let count = 0; count < 4; count += 1) await open();
  const fifth = await open();
  await once(fifth, 'close');
  expect(seen[0]?.why).toContain('web.connections');
});

test('connections that send half a head hold places of their own address only', async () => {
  const { open } = await listening({ connections: 100, connectionsPerAddress: 2 }, true);
  for (let count = 0; count < 2; count += 1) (await open('127.0.0.3')).write('GET / HTTP/1.1\r\nHost: ');
  await once(await open('127.0.0.3'), 'close');
  const other = await open('127.0.0.4');
  other.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  expect(String((await once(other, 'data'))[0])).toContain('200 OK');
});

test('connections that come and go as fast as they can are counted once each, and leave nothing behind', async () => {
  const { open, server } = await listening({ connections: 500, connectionsPerAddress: 5 }, true);
  for (let round = 0; round < 40; round += 1) {
    const arrived = once(server, 'connection');
    const socket = await open('127.0.0.5');
    const [seen] = await arrived;
    const gone = new Promise((resolve) => seen.once('close', resolve));
    socket.resetAndDestroy();
    await gone;
  }
  const last = await open('127.0.0.5');
  last.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  expect(String((await once(last, 'data'))[0])).toContain('200 OK');
});
