/** Somebody at a terminal of the real server, without a page: what a page sends, and what it would never send. */
import { readdir, readFile } from 'node:fs/promises';
import { io } from 'socket.io-client';
import { expect, vi } from 'vitest';
import { z } from 'zod';
import type { TerminalJoined } from '../../../web/events.ts';
import type { ApiUser } from '../api.ts';
import { ask, type Browser } from '../live/live-house.ts';
import type { Ground } from './server-under-attack.ts';

const SIZE = { columns: 80, rows: 24 };
const PROMPT = /\$ \p{Control}?$/u;
/** A machine that is busy with others needs its time. */
export const WAIT = { timeout: 30_000, interval: 20 };

export function connect(ground: Ground, as: ApiUser): Promise<Browser> {
  const socket: Browser = io(ground.server.url, {
    transports: ['websocket'],
    extraHeaders: { cookie: as.cookie, origin: ground.server.url },
    reconnection: false,
    forceNew: true,
  });
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(socket));
    socket.once('connect_error', reject);
  });
}

export const join = (socket: Browser, run: string) =>
  ask<TerminalJoined>((reply) => socket.emit('terminal:join', { run, ...SIZE }, reply));
/** A message that is answered after all before it were heard. */
export const settled = (socket: Browser) => ask((reply) => socket.emit('environments:join', reply));

export type Sitting = Awaited<ReturnType<typeof sitDown>>;

/** Starts a run that opens a terminal, and waits for its prompt. */
export async function sitDown(ground: Ground, as: ApiUser, task = 'shell') {
  const answer = await ground.json(`/api/courses/demo/tasks/${task}/submissions`, { answers: {} }, as);
  expect(answer.status, await answer.clone().text()).toBe(202);
  const { run } = z.object({ run: z.string() }).parse(await answer.json());
  const socket = await connect(ground, as);
  const seen = { text: '', takes: true };
  socket.on('terminal:output', (_run, bytes, taken) => {
    // The end is enough: a flood would fill this process.
    seen.text = (seen.text + Buffer.from(bytes).toString()).slice(-100_000);
    if (seen.takes) taken();
  });
  await vi.waitFor(async () => expect(await join(socket, run)).toMatchObject({ ok: true }), WAIT);
  const shows = (pattern: RegExp) => vi.waitFor(() => expect(seen.text).toMatch(pattern), WAIT);
  await shows(PROMPT);
  return {
    run,
    socket,
    seen,
    shows,
    type: (keys: string) => void socket.emit('terminal:keys', { run, keys }),
    finish: () => void socket.emit('terminal:finish', { run }),
    /** The verdict of its run. */
    async verdict(): Promise<string> {
      await vi.waitFor(async () => expect(await ground.stateOf(run, as)).toBe('done'), WAIT);
      const { body } = await as.get(`/api/runs/${run}`);
      return z.object({ outcome: z.object({ verdict: z.string() }) }).parse(body).outcome.verdict;
    },
  };
}

/** Processes of this machine, containers' among them, whose command line has this word. */
export async function processesWith(word: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return lines.filter((line) => line.split('\0').includes(word));
}
