/** A separate process for a thousand browsers, so that they take no processor time from the measured server's thread. */
import { io, type Socket } from 'socket.io-client';
import type { ClientToServer, RunStep, ServerToClient } from '../../web/events.ts';
import { type FromClients, now, toClients } from './socket-words.ts';

type Client = Socket<ServerToClient, ClientToServer>;

const clients: Client[] = [];
const say = (words: FromClients): void => void process.send?.(words);
const failed = (reason: string): void => say({ type: 'failed', reason });

process.on('message', (message) => {
  const words = toClients.parse(message);
  if (words.type === 'follow') follow(words.client, words.run);
  else connectAll(words.url, words.cookies).catch((error: unknown) => failed(String(error)));
});
process.on('disconnect', () => process.exit(0));

/** How many handshakes are under way at once. */
const AT_ONCE = 50;

async function connectAll(url: string, cookies: readonly string[]): Promise<void> {
  for (let at = 0; at < cookies.length; at += AT_ONCE) {
    const some = cookies.slice(at, at + AT_ONCE).map((cookie) => connect(url, cookie));
    clients.push(...(await Promise.all(some)));
  }
  say({ type: 'connected' });
}

function connect(url: string, cookie: string): Promise<Client> {
  const extraHeaders = { cookie, origin: url };
  const socket: Client = io(url, {
    transports: ['websocket'],
    extraHeaders,
    reconnection: false,
    forceNew: true,
  });
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(socket));
    socket.once('connect_error', reject);
  });
}

/** Follows a run like its page does: joins, then reads all later events, each step once. */
function follow(index: number, run: string): void {
  const socket = clients[index];
  if (!socket) {
    failed(`There is no client ${index}.`);
    return;
  }
  let attempt = 0;
  let steps = new Set<number>();
  const apply = (step: RunStep): void => {
    if (step.attempt < attempt) return;
    if (step.attempt > attempt) steps = new Set();
    attempt = step.attempt;
    steps.add(step.seq);
    if (step.type === 'done') say({ type: 'verdict', client: index, at: now(), steps: [...steps] });
  };
  socket.on('run:step', (id, step) => {
    if (id === run) apply(step);
  });
  socket.emit('run:join', { run, attempt: 0, after: 0 }, (answer) => {
    if (answer.ok) answer.value.steps.forEach(apply);
    else failed(answer.error);
  });
}
