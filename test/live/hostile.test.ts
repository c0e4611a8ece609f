import { beforeEach, describe, expect, test } from 'vitest';
import { environment } from '../support/http/house.ts';
import { ask, gone, join, sharedLiveHouse, value } from '../support/live/live-house.ts';

const room = await sharedLiveHouse();
let run: string;
beforeEach(async () => {
  run = await room.submit('shown');
});

// A page can send anything: what no type allows is cast to never.
describe('hostile messages', () => {
  test.each([
    [null],
    [{}],
    [{ run: 5, attempt: 0, after: 0 }],
    [{ run: 'x', attempt: -1, after: 0 }],
    [{ run: 'x', attempt: 0, after: 0, staff: true }],
    ['x'],
  ])('a join that is %j is refused with a sentence', async (request) => {
    const socket = await room.connected(room.eve.cookie);
    const answer = await ask((reply) => socket.emit('run:join', request as never, reply as never));
    expect(answer).toEqual({ ok: false, error: 'A join names a run, an attempt and a number.' });
  });

  test('without a way to answer, or of a kind that does not exist, nothing happens', async () => {
    const socket = await room.connected(room.eve.cookie);
    socket.emit('run:join', 'x' as never, 'y' as never);
    socket.emit('environments:join', { toString: null } as never);
    socket.emit('run:leave', { a: 1 } as never);
    const raw = socket as unknown as { emit(name: string, ...values: unknown[]): void };
    raw.emit('nonsense', new Uint8Array(100));
    expect((await join(socket, run)).ok).toBe(true);
  });

  test('a giant frame ends the connection', async () => {
    const socket = await room.connected(room.eve.cookie);
    const end = gone(socket);
    socket.emit('run:leave', 'x'.repeat(100_000));
    expect(await end).toBe('transport close');
    expect((await join(await room.connected(room.eve.cookie), run)).ok).toBe(true);
  });

  test('a flood ends the connection', async () => {
    const socket = await room.connected(room.eve.cookie);
    const end = gone(socket);
    for (let count = 0; count < 1000; count++) socket.emit('run:leave', 'x');
    expect(await end).toBe('io server disconnect');
  });

  test('one page follows a bounded number of runs', async () => {
    const socket = await room.connected(room.eve.cookie);
    const answers = [];
    for (let count = 0; count < 21; count++) answers.push(await join(socket, await room.submit('shown')));
    expect(answers.filter((answer) => answer.ok)).toHaveLength(20);
    expect(answers.at(-1)).toMatchObject({ ok: false });
  });
});

describe('environments', () => {
  test('come whole at once and again after a change, many changes as one', async () => {
    const socket = await room.connected(room.eve.cookie);
    const answer = value(
      await ask<{ environments: { name: string }[] }>((reply) => socket.emit('environments:join', reply)),
    );
    expect(answer.environments.map(({ name }) => name)).toEqual(['default']);
    const lists: string[][] = [];
    const heard = new Promise<void>((resolve) =>
      socket.on('environments', (list) => {
        lists.push(list.environments.map(({ name }) => name));
        resolve();
      }),
    );
    room.house.environments.list.push({ ...environment, name: 'new', available: false });
    room.house.environments.changed();
    room.house.environments.changed();
    room.hand.fire(100);
    await heard;
    expect(lists).toEqual([['default', 'new']]);
  });
});
