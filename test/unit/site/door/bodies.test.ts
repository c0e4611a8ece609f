import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import express from 'express';
import { expect, onTestFinished, test } from 'vitest';
import { onStopped, type StoppedAttack } from '../../../../server/rules/stopped-attacks.ts';
import { boundBodies, type Pace } from '../../../../server/site/door/bodies.ts';
import { errorHandler } from '../../../../server/site/error-handler.ts';

const KIB = 1024;
const BOUNDS = { bytesInFlight: 500 * KIB, bytesInFlightPerUser: 300 * KIB };

/** Answers once the whole body is there. */
async function listening(pace?: Pace) {
  const app = express()
    .use(boundBodies(BOUNDS, pace))
    .post('/api/x', (req, res) => void req.resume().on('end', () => res.json({ ok: true })))
    .use(errorHandler({ error: () => {}, warn: () => {} }));
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return port;
}

async function half(port: number, bytes: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(`POST /api/x HTTP/1.1\r\nHost: x\r\nContent-Length: ${bytes}\r\n\r\nx`);
  return socket;
}

const post = (port: number, bytes: number) =>
  fetch(`http://127.0.0.1:${port}/api/x`, { method: 'POST', body: 'x'.repeat(bytes) });

/** Asks until the server has seen what was sent before. */
async function untilStatus(port: number, bytes: number, status: number): Promise<Response> {
  const answer = await post(port, bytes);
  return answer.status === status ? answer : untilStatus(port, bytes, status);
}

test('half-sent bodies count in full, and a refusal names its bound and when to come again', async () => {
  const port = await listening();
  const socket = await half(port, 250 * KIB);
  const answer = await untilStatus(port, 100 * KIB, 429);
  expect(answer.headers.get('retry-after')).toBe('5');
  expect(await answer.json()).toEqual({ error: expect.stringMatching(/300 KiB.*web\.bytesInFlightPerUser/) });
  socket.destroy();
  await untilStatus(port, 100 * KIB, 200);
});

test('uploads of others do not keep small requests out', async () => {
  const port = await listening();
  await half(port, 290 * KIB);
  await untilStatus(port, 100 * KIB, 429);
  expect((await post(port, 1000)).status).toBe(200);
});

test('one body of any size is let in alone, but not more than all may send', async () => {
  const port = await listening();
  expect((await post(port, 400 * KIB)).status).toBe(200);
  const answer = await post(port, 501 * KIB).catch(() => null);
  if (answer) expect(answer.status).toBe(503);
});

test('a body without its length is refused', async () => {
  const port = await listening();
  const socket = connect(port, '127.0.0.1');
  socket.write('POST /api/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n');
  const [head] = await once(socket, 'data');
  expect(String(head)).toMatch(/^HTTP\/1\.1 400 /);
  socket.destroy();
});

test('a body that drips is given up, and is one line for the operator', async () => {
  const port = await listening({ graceMs: 50, bytesPerSecond: 1e9 });
  const seen: StoppedAttack[] = [];
  onTestFinished(onStopped((attack) => void seen.push(attack)));
  const socket = await half(port, 10 * KIB);
  await once(socket, 'close');
  expect(seen).toEqual([expect.objectContaining({ kind: 'slow-client', from: '127.0.0.1' })]);
});

test('small bodies are bounded, too, when one user has very many half-sent', async () => {
  const port = await listening();
  const sockets = await Promise.all(Array.from({ length: 12 }, () => half(port, 60 * KIB)));
  await untilStatus(port, 60 * KIB, 429);
  for (const socket of sockets) socket.destroy();
  await untilStatus(port, 60 * KIB, 200);
});

test.each([
  ['two lengths', 'Content-Length: 5\r\nContent-Length: 500000\r\n'],
  ['a negative length', 'Content-Length: -1\r\n'],
  ['a length that is no number', 'Content-Length: 0x10\r\n'],
  ['a length beyond all numbers', `Content-Length: ${'9'.repeat(30)}\r\n`],
  ['a length and pieces', 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n'],
])('%s are refused, and take no room', async (_, headers) => {
  const port = await listening();
  const socket = connect(port, '127.0.0.1');
  socket.write(`POST /api/x HTTP/1.1\r\nHost: x\r\n${headers}\r\nhello`);
  const [head] = await once(socket, 'data');
  expect(String(head)).toMatch(/^HTTP\/1\.1 (4|503)/);
  socket.destroy();
  expect((await post(port, 290 * KIB)).status).toBe(200);
});
