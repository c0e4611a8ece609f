import { beforeEach, describe, expect, test } from 'vitest';
import { join, refused, sharedLiveHouse, value } from '../support/live/live-house.ts';

const room = await sharedLiveHouse();
let run: string;
beforeEach(async () => {
  run = await room.submit('shown');
});

describe('the door', () => {
  test.each([
    ['no cookie', null, {}],
    ['a made-up cookie', `gradeport_session=${'A'.repeat(43)}`, {}],
    ['a foreign Origin', 'eve', { origin: 'https://evil.example' }],
    ['the Origin "null"', 'eve', { origin: 'null' }],
    ['another port as Origin', 'eve', { origin: 'http://127.0.0.1:1' }],
  ])('refuses %s over both transports', async (_what, who, headers) => {
    const cookie = who === 'eve' ? room.eve.cookie : who;
    const all = { origin: room.url, ...headers };
    await refused(room.browser(cookie, all));
    await refused(room.browser(cookie, all, 'polling'));
  });

  test('refuses a web socket that names no Origin', async () => {
    await refused(room.browser(room.eve.cookie, {}));
  });

  test('lets our own page in, which names no Origin while it polls', async () => {
    const socket = room.browser(room.eve.cookie, { 'sec-fetch-site': 'same-origin' }, 'polling');
    await new Promise<void>((resolve) => socket.once('connect', resolve));
    expect(value(await join(socket, run)).steps).toHaveLength(1);
  });

  test('refuses a session that has expired', async () => {
    const old = await room.house.person(`old`, 'student');
    await room.house.store.sessions.updateMany(
      { userId: old.user.id },
      { $set: { expiresAt: '2000-01-01T00:00:00.000Z' } },
    );
    await refused(room.browser(old.cookie));
  });

  test('bounds how many pages one user has open', async () => {
    const many = await room.house.person('many', 'student');
    const open = await Promise.all(Array.from({ length: 50 }, () => room.connected(many.cookie)));
    await expect(room.connected(many.cookie)).rejects.toThrow('Too many pages');
    for (const socket of open) socket.disconnect();
  });
});
