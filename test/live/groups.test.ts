/** The room of a run that a group handed in: open to its team, and to no other student. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { starting } from '../support/live/events.ts';
import { join, type LiveHouse, openLiveHouse, types, value } from '../support/live/live-house.ts';

let room: LiveHouse;
beforeAll(async () => {
  room = await openLiveHouse();
});
afterAll(() => room.close());

describe('a run of a group', () => {
  test('is followed by those who were in it, not by one who handed in for another, nor by a stranger', async () => {
    const { store } = room.house;
    const [bob, run] = [await room.house.person('bob', 'student'), await room.submit('shown')];
    const team = { group: 'g', name: 'Red', by: bob.user.id, members: [bob.user.id, room.eve.user.id] };
    await store.runs.update({ id: run }, { $set: { userId: 'team-1', team } });
    room.publish(run, [starting(1)]);
    for (const who of [bob, room.eve, room.tess]) {
      const { steps } = value(await join(await room.connected(who.cookie), run));
      expect(types(steps)).toEqual(['1.1 starting']);
    }
    const refusal = { ok: false, error: 'There is no such run.' };
    expect(await join(await room.connected(room.mallory.cookie), run)).toEqual(refusal);
  });
});
