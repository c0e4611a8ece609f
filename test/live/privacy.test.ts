import { beforeEach, describe, expect, test } from 'vitest';
import { emptyReport } from '../../grading-api/report.ts';
import type { RunEvent } from '../../server/model/run-events.ts';
import { EVIL } from '../support/http/course.ts';
import { outcomeWith } from '../support/http/grading.ts';
import { out, starting } from '../support/live/events.ts';
import { ask, gone, join, refused, sharedLiveHouse, types, value } from '../support/live/live-house.ts';

const room = await sharedLiveHouse();
let run: string;
beforeEach(async () => {
  run = await room.submit('shown');
});
const publish = (...events: RunEvent[]) => room.publish(run, events);

describe('who sees what', () => {
  test('another student cannot tell the run from one that does not exist', async () => {
    publish(starting(1));
    const socket = await room.connected(room.mallory.cookie);
    const heard: unknown[] = [];
    socket.on('run:step', (...step) => heard.push(step));
    const none = { ok: false, error: 'There is no such run.' };
    expect(await join(socket, run)).toEqual(none);
    expect(await join(socket, 'no-such-run')).toEqual(none);
    publish(out('secret'), { type: 'done', outcome: outcomeWith() });
    await ask((reply) => socket.emit('environments:join', reply));
    expect(heard).toEqual([]);
  });

  test('output goes to students only where the task shows it, details to staff only', async () => {
    run = await room.submit('hello');
    publish(starting(1), out('secret-output'), { type: 'done', outcome: outcomeWith() });
    const student = value(await join(await room.connected(room.eve.cookie), run)).steps;
    expect(types(student)).toEqual(['1.1 starting', '1.3 done']);
    expect(JSON.stringify(student)).not.toContain('secret-');
    const staff = value(await join(await room.connected(room.tess.cookie), run)).steps;
    expect(types(staff)).toEqual(['1.1 starting', '1.2 output', '1.3 done']);
    expect(JSON.stringify(staff)).toContain('secret-details');
  });

  test('feedback arrives as safe HTML, without the notes of the grader', async () => {
    const report = {
      ...emptyReport,
      text: `*yes* ${EVIL}`,
      custom: { a: 'secret-custom' },
      state: 'secret-state',
    };
    publish(starting(1), { type: 'feedback', report });
    room.hand.fire(100);
    const [, feedback] = value(await join(await room.connected(room.eve.cookie), run)).steps;
    const text = JSON.stringify(feedback);
    expect(text).toContain('<em>yes</em>');
    expect(text).not.toMatch(/<script|<img|secret-/);
  });

  test('who loses the role is in the room no more', async () => {
    const assistant = await room.house.person('assistant', 'teacher');
    const socket = await room.connected(assistant.cookie);
    publish(starting(1));
    value(await join(socket, run));
    await room.house.users.setRole(assistant.user.id, 'c1', null);
    await room.live.recheck();
    const heard: unknown[] = [];
    socket.on('run:step', (...step) => heard.push(step));
    publish({ type: 'started', startMs: 1 });
    await ask((reply) => socket.emit('environments:join', reply));
    expect(heard).toEqual([]);
    expect((await join(socket, run)).ok).toBe(false);
  });
});

describe('a session that ends', () => {
  test('by signing out hangs up at once, on every page of it and on no other', async () => {
    const person = await room.house.person('leaver', 'student');
    const [one, two, other] = await Promise.all(
      [person, person, room.eve].map(({ cookie }) => room.connected(cookie)),
    );
    if (!one || !two || !other) throw new Error('not connected');
    const both = [gone(one), gone(two)];
    await room.house.sessions.close(person.token);
    room.live.signedOut(person.token);
    await Promise.all(both);
    expect(other.connected).toBe(true);
    await refused(room.browser(person.cookie));
  });

  test('by time is noticed at the next look, and at the next question', async () => {
    const person = await room.house.person('sleeper', 'student');
    const [one, two] = [await room.connected(person.cookie), await room.connected(person.cookie)];
    const both = [gone(one), gone(two)];
    await room.house.sessions.closeAllOf(person.user.id);
    two.emit('run:join', { run, attempt: 0, after: 0 }, () => {});
    await both[1];
    expect(one.connected).toBe(true);
    room.hand.fire();
    await both[0];
  });
});
