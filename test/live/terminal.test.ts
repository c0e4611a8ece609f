import { beforeEach, describe, expect, test } from 'vitest';
import type { TerminalScreen } from '../../server/ports/terminals.ts';
import type { TerminalJoined } from '../../web/events.ts';
import { starting } from '../support/live/events.ts';
import { ask, type Browser, gone, sharedLiveHouse, value } from '../support/live/live-house.ts';

const room = await sharedLiveHouse();
let run: string;
let screen: TerminalScreen;
/** What the container was told. */
let told: string[];
beforeEach(async () => {
  run = await room.submit('shown');
  told = [];
  room.publish(run, [starting(1)]);
  screen = room.terminals.of(run)(
    {
      connect: ({ columns, rows }) => told.push(`connect ${columns}x${rows}`),
      resize: ({ columns, rows }) => told.push(`resize ${columns}x${rows}`),
      type: (bytes) => told.push(`type ${Buffer.from(bytes)}`),
      finish: () => told.push('finish'),
      behind: (isBehind) => told.push(isBehind ? 'behind' : 'caught up'),
    },
    room.house.time.now + 120_000,
  );
});

/** request: also what no type allows, as a page may send it. */
const open = (socket: Browser, request: object = {}) =>
  ask<TerminalJoined>((reply) =>
    socket.emit('terminal:join', { run, columns: 80, rows: 24, ...request } as never, reply),
  );
const text = ({ screen }: TerminalJoined) => Buffer.from(screen).toString();
/** A message that is answered after all before it were heard. */
const settled = (socket: Browser) => ask((reply) => socket.emit('environments:join', reply));
const shown = (socket: Browser): Promise<string> =>
  new Promise((resolve) =>
    socket.once('terminal:output', (_run, bytes, taken) => {
      taken();
      resolve(Buffer.from(bytes).toString());
    }),
  );

describe('its student', () => {
  test('opens it by coming, types, resizes and finishes it', async () => {
    const socket = await room.connected(room.eve.cookie);
    expect(value(await open(socket))).toMatchObject({ writable: true, endsInMs: 120_000 });
    socket.emit('terminal:keys', { run, keys: 'ls é\r' });
    socket.emit('terminal:size', { run, columns: 100, rows: 30 });
    socket.emit('terminal:finish', { run });
    await settled(socket);
    expect(told).toEqual(['connect 80x24', 'type ls é\r', 'resize 100x30', 'finish']);
  });

  test('sees what was shown before, and what comes, on each of their pages', async () => {
    screen.print(Buffer.from('before\r\n'));
    const pages = [await room.connected(room.eve.cookie), await room.connected(room.eve.cookie)];
    for (const page of pages) expect(text(value(await open(page)))).toBe('before\r\n');
    const coming = pages.map(shown);
    screen.print(Buffer.from('after'));
    expect(await Promise.all(coming)).toEqual(['after', 'after']);
  });

  test('learns that it is over, and what they still type goes nowhere', async () => {
    const socket = await room.connected(room.eve.cookie);
    screen.closed();
    expect(await open(socket)).toEqual({ ok: false, error: 'This run has no terminal open now.' });
    socket.emit('terminal:keys', { run, keys: 'late' });
    await settled(socket);
    expect(told).toEqual([]);
  });
});

describe('others', () => {
  test('another student cannot tell it from a run that does not exist, and hears nothing of it', async () => {
    const socket = await room.connected(room.mallory.cookie);
    const heard: unknown[] = [];
    socket.on('terminal:output', (...output) => heard.push(output));
    expect(await open(socket)).toEqual({ ok: false, error: 'There is no such run.' });
    expect(await open(socket, { run: 'none' })).toEqual({ ok: false, error: 'There is no such run.' });
    socket.emit('terminal:keys', { run, keys: 'rm -rf .\r' });
    socket.emit('terminal:size', { run, columns: 1, rows: 1 });
    socket.emit('terminal:finish', { run });
    screen.print(Buffer.from('secret'));
    await settled(socket);
    expect([told, heard]).toEqual([[], []]);
  });

  test('staff see it, and neither open nor touch it', async () => {
    screen.print(Buffer.from('work'));
    const socket = await room.connected(room.tess.cookie);
    const joined = value(await open(socket));
    expect([text(joined), joined.writable]).toEqual(['work', false]);
    socket.emit('terminal:keys', { run, keys: 'help' });
    socket.emit('terminal:finish', { run });
    await settled(socket);
    expect(told).toEqual([]);
  });

  test('who loses the role sees it no more', async () => {
    const assistant = await room.house.person(`assistant-${run}`, 'teacher');
    const socket = await room.connected(assistant.cookie);
    value(await open(socket));
    await room.house.users.setRole(assistant.user.id, 'c1', null);
    await room.live.recheck();
    const heard: unknown[] = [];
    socket.on('terminal:output', (...output) => heard.push(output));
    screen.print(Buffer.from('secret'));
    await settled(socket);
    expect(heard).toEqual([]);
  });
});

// A page can send anything: what no type allows is cast to never.
describe('hostile messages', () => {
  test.each([
    [null],
    [{ columns: 0 }],
    [{ columns: 1e9 }],
    [{ rows: '24' }],
    [{ run: { $ne: 1 } }],
    [{ staff: true }],
  ])('a join with %j is refused', async (request) => {
    const socket = await room.connected(room.eve.cookie);
    const asked = request === null ? null : { run, columns: 80, rows: 24, ...request };
    const answer = await ask((reply) => socket.emit('terminal:join', asked as never, reply as never));
    expect(answer).toEqual({ ok: false, error: 'A terminal is joined with a run, columns and rows.' });
    expect(told).toEqual([]);
  });

  test('keys that are too many or none at all reach no program', async () => {
    const socket = await room.connected(room.eve.cookie);
    value(await open(socket));
    for (const keys of ['x'.repeat(2049), '', 5, { length: 3 }, ['a']])
      socket.emit('terminal:keys', { run, keys } as never);
    socket.emit('terminal:keys', null as never);
    await settled(socket);
    expect(told).toEqual(['connect 80x24']);
  });

  test('a frame of 100 kB, or a flood of keys, ends the connection', async () => {
    const [one, two] = [await room.connected(room.eve.cookie), await room.connected(room.eve.cookie)];
    const ends = [gone(one), gone(two)];
    one.emit('terminal:keys', { run, keys: 'x'.repeat(100_000) });
    for (let count = 0; count < 500; count++) two.emit('terminal:keys', { run, keys: 'x' });
    expect(await Promise.all(ends)).toEqual(['transport close', 'io server disconnect']);
  });

  test('a page that takes nothing holds its program up, and costs no more than its bound', async () => {
    const socket = await room.connected(room.eve.cookie);
    value(await open(socket));
    let pieces = 0;
    socket.on('terminal:output', () => {
      pieces += 1;
    });
    for (let count = 0; count < 100; count++) screen.print(Buffer.alloc(64 * 1024, 'x\n'));
    expect(told).toContain('behind');
    await settled(socket);
    expect(pieces).toBe(1);
    socket.disconnect();
    const again = await room.connected(room.eve.cookie);
    expect(value(await open(again)).screen.byteLength).toBeLessThanOrEqual(128 * 1024);
  });
});
