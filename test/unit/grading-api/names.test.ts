/** Questions for names, as an agent passes them on: a real one, between sockets of the test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket, type Socket as Datagrams } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, expect, test, vi } from 'vitest';
import { freePort } from '../../support/free-port.ts';
import { API_FOLDER } from '../../support/grading-api/container.ts';

/** Its own bounds of time would make a test fail on a slow machine. */
const AGENT = `
import sys
sys.path[:0] = [sys.argv[1] + '/agent']
import names
from loop import Loop
names.PORT, names.SERVER_SECONDS, names.CONNECTION_SECONDS = int(sys.argv[2]), float(sys.argv[3]), 600
loop = Loop()
names.begin(loop, sys.argv[4:])
print('ready', flush=True)
loop.run()
`;
const NEVER = 600;
const [HERE, FIRST, SECOND] = ['127.0.0.11', '127.0.0.21', '127.0.0.22'];
const SERVFAIL = 2;

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function openAgent(port: number, servers: string[], seconds = NEVER): Promise<ChildProcess> {
  const words = ['-c', AGENT, API_FOLDER, `${port}`, `${seconds}`, ...servers];
  const agent = spawn('python3', words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(agent, 'exit');
  closing.push(() => {
    agent.kill();
    return ended;
  });
  await Promise.race([once(agent.stdout, 'data'), ended]);
  return agent;
}

async function openDatagrams(address: string, port = 0): Promise<Datagrams> {
  const socket = createSocket('udp4');
  socket.bind(port, address);
  await once(socket, 'listening');
  closing.push(() => socket.close());
  return socket;
}

/** A question or an answer, as far as it is looked at: a number, a code for "I cannot", and anything. */
const message = (id: number, code = 0, rest = Buffer.from(`rest of ${id}`)): Buffer => {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(id);
  head[3] = code;
  return Buffer.concat([head, rest]);
};

type Heard = { bytes: Buffer; answer(bytes: Buffer): void };

/** Keeps the questions that a name server hears. */
async function openServer(address: string, port: number): Promise<Heard[]> {
  const heard: Heard[] = [];
  const socket = await openDatagrams(address, port);
  socket.on('message', (bytes, asker) => {
    heard.push({ bytes, answer: (said) => socket.send(said, asker.port, asker.address) });
  });
  return heard;
}

const heardOf = (heard: Heard[], count: number): Promise<Heard[]> =>
  vi.waitFor(
    () => {
      expect(heard.length).toBeGreaterThanOrEqual(count);
      return heard;
    },
    { timeout: 20_000, interval: 5 },
  );

async function answerTo(asker: Datagrams): Promise<Buffer> {
  const [bytes]: Buffer[] = await once(asker, 'message');
  return bytes ?? Buffer.of();
}

test('a question and its answer pass unchanged, whatever is in them', async () => {
  const port = await freePort();
  const heard = await openServer(FIRST, port);
  await openAgent(port, [FIRST]);
  const asker = await openDatagrams('127.0.0.1');
  const [question, answer] = [
    message(7, 0, Buffer.alloc(4000, 0xfe)),
    message(7, 3, Buffer.alloc(9000, 0xff)),
  ];
  asker.send(question, port, HERE);
  const [one] = await heardOf(heard, 1);
  const answered = answerTo(asker);
  one?.answer(answer);
  expect(one?.bytes).toEqual(question);
  expect(await answered).toEqual(answer);
});

test('where no name server is, and where one cannot answer, the next one is asked', async () => {
  const port = await freePort();
  const [first, second] = [await openServer(FIRST, port), await openServer(SECOND, port)];
  await openAgent(port, ['127.0.0.20', FIRST, SECOND]);
  const asker = await openDatagrams('127.0.0.1');
  asker.send(message(8), port, HERE);
  (await heardOf(first, 1))[0]?.answer(message(8, SERVFAIL));
  const answered = answerTo(asker);
  (await heardOf(second, 1))[0]?.answer(message(8));
  expect(await answered).toEqual(message(8));
});

test('a name server that says nothing is not waited for, and the last “I cannot” is the answer', async () => {
  const port = await freePort();
  const [first, second] = [await openServer(FIRST, port), await openServer(SECOND, port)];
  await openAgent(port, [FIRST, SECOND], 2);
  const asker = await openDatagrams('127.0.0.1');
  const answered = answerTo(asker);
  asker.send(message(9), port, HERE);
  await heardOf(first, 1);
  (await heardOf(second, 1))[0]?.answer(message(9, SERVFAIL));
  expect(await answered).toEqual(message(9, SERVFAIL));
});

test('32 questions are under way at once; what is too large or too small is none', async () => {
  const port = await freePort();
  const heard = await openServer(FIRST, port);
  await openAgent(port, [FIRST]);
  const asker = await openDatagrams('127.0.0.1');
  asker.send(message(1, 0, Buffer.alloc(5000)), port, HERE);
  asker.send(Buffer.alloc(11), port, HERE);
  for (let id = 100; id < 150; id += 1) asker.send(message(id), port, HERE);
  await heardOf(heard, 32);
  for (const count of [33, 34]) {
    const [answered, open] = [answerTo(asker), heard[count - 33]];
    open?.answer(message(open.bytes.readUInt16BE()));
    await answered;
    expect(await heardOf(heard, count)).toHaveLength(count);
  }
  expect(heard.filter(({ bytes }) => bytes.readUInt16BE() < 100)).toEqual([]);
});

async function openStreams(address: string, port: number): Promise<Socket[]> {
  const links: Socket[] = [];
  const server = createServer((link) => void links.push(link.on('error', () => {})));
  server.listen(port, address);
  await once(server, 'listening');
  closing.push(() => {
    for (const link of links) link.destroy();
    server.close();
    return once(server, 'close');
  });
  return links;
}

const linksOf = (links: Socket[], count: number): Promise<Socket[]> =>
  vi.waitFor(
    () => {
      expect(links.length).toBeGreaterThanOrEqual(count);
      return links;
    },
    { timeout: 20_000, interval: 5 },
  );

function call(port: number): Socket {
  const link = connect(port, HERE).on('error', () => {});
  closing.push(() => link.destroy());
  return link;
}

test('a connection leads to the next name server if the first is not there, and ends with it', async () => {
  const port = await freePort();
  const links = await openStreams(SECOND, port);
  await openAgent(port, [FIRST, SECOND]);
  const asker = call(port);
  asker.write('question');
  const [server] = await linksOf(links, 1);
  expect(String((await once(server ?? asker, 'data'))[0])).toBe('question');
  const answered = buffer(asker);
  server?.end('answer');
  expect(String(await answered)).toBe('answer');
});

test('four connections are open at once, and the fifth waits for the end of one', async () => {
  const port = await freePort();
  const links = await openStreams(FIRST, port);
  await openAgent(port, [FIRST]);
  const askers = [1, 2, 3, 4, 5].map(() => call(port));
  await Promise.all(askers.map((asker) => asker.connecting && once(asker, 'connect')));
  await linksOf(links, 4);
  // An answer later, the fifth would have been there, too.
  links[0]?.write('answer');
  const answered = await Promise.race(askers.map((asker) => once(asker, 'data').then(() => asker)));
  expect(links).toHaveLength(4);
  answered.destroy();
  expect(await linksOf(links, 5)).toHaveLength(5);
});

test('an answer without end takes no memory while the program does not read it', async () => {
  const port = await freePort();
  const links = await openStreams(FIRST, port);
  const agent = await openAgent(port, [FIRST]);
  const peak = () => Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${agent.pid}/status`, 'utf8'))?.[1]);
  const asker = call(port);
  const [server] = await linksOf(links, 1);
  const before = peak();
  const everything = Buffer.alloc(32 * 2 ** 20, 7);
  asker.pause();
  server?.end(everything);
  await once(asker, 'readable');
  expect((await buffer(asker)).equals(everything)).toBe(true);
  expect(peak() - before).toBeLessThan(2048);
});
