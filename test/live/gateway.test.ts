import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { emptyReport } from '../../grading-api/report.ts';
import type { RunStep } from '../../web/events.ts';
import { EVIL } from '../http/support/course.ts';
import { outcomeWith } from '../http/support/grading.ts';
import { environment } from '../http/support/house.ts';
import { ask, gone, join, type LiveHouse, openLiveHouse, refused, steps } from './live-house.ts';
import { out, starting } from './support.ts';

let room: LiveHouse;
let eve: Awaited<ReturnType<LiveHouse['house']['person']>>;
let tess: typeof eve;
let mallory: typeof eve;
beforeAll(async () => {
  room = await openLiveHouse();
  eve = await room.house.person('eve', 'student');
  tess = await room.house.person('tess', 'teacher');
  mallory = await room.house.person('mallory', 'student');
});
afterAll(() => room.close());

let run: string;
beforeEach(async () => {
  run = await submit('shown');
});
async function submit(task: string): Promise<string> {
  const result = await room.house.grading.submit(eve.user, 'c1', task, new Map([['q1', 'x']]));
  return result.ok ? result.run : '';
}
const publish = (...events: Parameters<typeof room.events.publish>[1][]) => {
  for (const event of events) room.events.publish(run, event);
};
const types = (list: RunStep[]) => list.map((step) => `${step.attempt}.${step.seq} ${step.type}`);
const value = <T>(answer: { ok: true; value: T } | { ok: false; error: string }): T => {
  if (!answer.ok) throw new Error(answer.error);
  return answer.value;
};

describe('the door', () => {
  it.each([
    ['no cookie', null, {}],
    ['a made-up cookie', `gradeport_session=${'A'.repeat(43)}`, {}],
    ['a foreign Origin', 'eve', { origin: 'https://evil.example' }],
    ['the Origin "null"', 'eve', { origin: 'null' }],
    ['another port as Origin', 'eve', { origin: 'http://127.0.0.1:1' }],
  ])('refuses %s over both transports', async (_what, who, headers) => {
    const cookie = who === 'eve' ? eve.cookie : who;
    const all = { origin: room.url, ...headers };
    await refused(room.browser(cookie, all));
    await refused(room.browser(cookie, all, 'polling'));
  });

  it('refuses a web socket that names no Origin', async () => {
    await refused(room.browser(eve.cookie, {}));
  });

  it('lets our own page in, which names no Origin while it polls', async () => {
    const socket = room.browser(eve.cookie, { 'sec-fetch-site': 'same-origin' }, 'polling');
    await new Promise<void>((resolve) => socket.once('connect', resolve));
    expect(value(await join(socket, run)).steps).toHaveLength(1);
  });

  it('refuses a session that has expired', async () => {
    const old = await room.house.person(`old`, 'student');
    await room.house.store.sessions.updateMany(
      { userId: old.user.id },
      { $set: { expiresAt: '2000-01-01T00:00:00.000Z' } },
    );
    await refused(room.browser(old.cookie));
  });

  it('bounds how many pages one user has open', async () => {
    const many = await room.house.person('many', 'student');
    const open = await Promise.all(Array.from({ length: 50 }, () => room.connected(many.cookie)));
    await expect(room.connected(many.cookie)).rejects.toThrow('Too many pages');
    for (const socket of open) socket.disconnect();
  });
});

describe('following a run', () => {
  it('gives the story so far, then every step', async () => {
    publish({ type: 'queued' }, starting(1));
    const socket = await room.connected(eve.cookie);
    expect(types(value(await join(socket, run)).steps)).toEqual(['1.1 starting']);
    const next = steps(socket, 3);
    publish({ type: 'started', startMs: 2 }, out('a'), { type: 'done', outcome: outcomeWith() });
    expect(types(await next)).toEqual(['1.2 started', '1.3 output', '1.4 done']);
  });

  it('misses nothing and repeats nothing over a reconnection', async () => {
    publish(starting(1), { type: 'started', startMs: 2 });
    const first = await room.connected(eve.cookie);
    const seen = value(await join(first, run)).steps;
    first.disconnect();
    publish(out('while'));
    room.hand.fire(100);
    publish(out(' away'));
    const second = await room.connected(eve.cookie);
    const late = steps(second, 2);
    const last = seen.at(-1);
    const missed = value(
      await join(second, run, { attempt: last?.attempt ?? 0, after: last?.seq ?? 0 }),
    ).steps;
    publish({ type: 'done', outcome: outcomeWith() });
    const all = [...seen, ...missed, ...(await late)];
    expect(types(all)).toEqual(['1.1 starting', '1.2 started', '1.3 output', '1.4 output', '1.5 done']);
  });

  it('misses nothing that happens while it joins', async () => {
    publish(starting(1));
    for (let round = 0; round < 20; round++) {
      const socket = await room.connected(eve.cookie);
      const heard: RunStep[] = [];
      socket.on('run:step', (_run, step) => heard.push(step));
      const joining = join(socket, run);
      for (let count = 0; count < 5; count++) {
        publish(out(`${round}`), { type: 'requeued', reason: 'x' });
        await new Promise((resolve) => setImmediate(resolve));
      }
      const told = value(await joining).steps;
      publish({ type: 'started', startMs: round });
      // An answer after the last step: by then everything has arrived.
      await ask((reply) => socket.emit('environments:join', reply));
      const numbers = [...told, ...heard].map((step) => step.seq);
      expect(numbers).toEqual(Array.from({ length: 11 * (round + 1) + 1 }, (_, index) => index + 1));
      socket.disconnect();
    }
  });

  it('tells a run that the log has forgotten from the store, as a new attempt to whoever saw its beginning', async () => {
    const output = { head: 'first', tail: 'last', omittedBytes: 7 };
    await room.house.grading.finish(run, outcomeWith({ output }));
    const socket = await room.connected(eve.cookie);
    const whole = ['starting', 'started', 'output', 'omitted', 'output', 'done'];
    const fresh = value(await join(socket, run)).steps;
    expect(types(fresh)).toEqual(whole.map((type, index) => `1.${index + 1} ${type}`));
    const again = value(await join(socket, run, { attempt: 1, after: 40 })).steps;
    expect(types(again)).toEqual(whole.map((type, index) => `2.${index + 1} ${type}`));
  });

  it('goes on with the numbers that were seen before a restart', async () => {
    await room.house.store.runs.update({ id: run }, { $set: { attempt: 1 } });
    const socket = await room.connected(eve.cookie);
    expect(types(value(await join(socket, run, { attempt: 1, after: 40 })).steps)).toEqual(['1.41 queued']);
    const next = steps(socket, 1);
    publish(starting(2));
    expect(types(await next)).toEqual(['2.1 starting']);
  });

  it('tells the place in the queue whenever it changes', async () => {
    room.queue.place = 4;
    const socket = await room.connected(eve.cookie);
    expect(value(await join(socket, run)).steps).toMatchObject([{ type: 'queued', position: 4 }]);
    const next = steps(socket, 1);
    room.queue.place = 3;
    room.live.tellPositions();
    expect(await next).toMatchObject([{ type: 'queued', position: 3, seq: 2 }]);
  });

  it('ends with leaving', async () => {
    publish(starting(1));
    const socket = await room.connected(eve.cookie);
    await join(socket, run);
    const other = await submit('shown');
    const next = steps(socket, 1);
    socket.emit('run:leave', run);
    await join(socket, other);
    publish({ type: 'started', startMs: 1 });
    room.events.publish(other, starting(1));
    expect(types(await next)).toEqual(['1.1 starting']);
  });
});

describe('who sees what', () => {
  it('another student cannot tell the run from one that does not exist', async () => {
    publish(starting(1));
    const socket = await room.connected(mallory.cookie);
    const heard: unknown[] = [];
    socket.on('run:step', (...step) => heard.push(step));
    const none = { ok: false, error: 'There is no such run.' };
    expect(await join(socket, run)).toEqual(none);
    expect(await join(socket, 'no-such-run')).toEqual(none);
    publish(out('secret'), { type: 'done', outcome: outcomeWith() });
    await ask((reply) => socket.emit('environments:join', reply));
    expect(heard).toEqual([]);
  });

  it('output goes to students only where the task shows it, details to staff only', async () => {
    run = await submit('hello');
    publish(starting(1), out('secret-output'), { type: 'done', outcome: outcomeWith() });
    const student = value(await join(await room.connected(eve.cookie), run)).steps;
    expect(types(student)).toEqual(['1.1 starting', '1.3 done']);
    expect(JSON.stringify(student)).not.toContain('secret-');
    const staff = value(await join(await room.connected(tess.cookie), run)).steps;
    expect(types(staff)).toEqual(['1.1 starting', '1.2 output', '1.3 done']);
    expect(JSON.stringify(staff)).toContain('secret-details');
  });

  it('feedback arrives as safe HTML, without the notes of the grader', async () => {
    const report = {
      ...emptyReport,
      text: `*yes* ${EVIL}`,
      custom: { a: 'secret-custom' },
      state: 'secret-state',
    };
    publish(starting(1), { type: 'feedback', report });
    room.hand.fire(100);
    const [, feedback] = value(await join(await room.connected(eve.cookie), run)).steps;
    const text = JSON.stringify(feedback);
    expect(text).toContain('<em>yes</em>');
    expect(text).not.toMatch(/<script|<img|secret-/);
  });

  it('who loses the role is in the room no more', async () => {
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
  it('by signing out hangs up at once, on every page of it and on no other', async () => {
    const person = await room.house.person('leaver', 'student');
    const [one, two, other] = await Promise.all(
      [person, person, eve].map(({ cookie }) => room.connected(cookie)),
    );
    if (!one || !two || !other) throw new Error('not connected');
    const both = [gone(one), gone(two)];
    await room.house.sessions.close(person.token);
    room.live.signedOut(person.token);
    await Promise.all(both);
    expect(other.connected).toBe(true);
    await refused(room.browser(person.cookie));
  });

  it('by time is noticed at the next look, and at the next question', async () => {
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

describe('hostile messages', () => {
  it.each([
    [null],
    [{}],
    [{ run: 5, attempt: 0, after: 0 }],
    [{ run: 'x', attempt: -1, after: 0 }],
    [{ run: 'x', attempt: 0, after: 0, staff: true }],
    ['x'],
  ])('a join that is %j is refused with a sentence', async (request) => {
    const socket = await room.connected(eve.cookie);
    const answer = await ask((reply) => socket.emit('run:join', request as never, reply as never));
    expect(answer).toEqual({ ok: false, error: 'A join names a run, an attempt and a number.' });
  });

  it('without a way to answer, or of a kind that does not exist, nothing happens', async () => {
    const socket = await room.connected(eve.cookie);
    socket.emit('run:join', 'x' as never, 'y' as never);
    socket.emit('environments:join', { toString: null } as never);
    socket.emit('run:leave', { a: 1 } as never);
    socket.emit('disconnecting' as never);
    socket.emit('nonsense' as never, new Uint8Array(100) as never);
    expect((await join(socket, run)).ok).toBe(true);
  });

  it('a giant frame ends the connection', async () => {
    const socket = await room.connected(eve.cookie);
    const end = gone(socket);
    socket.emit('run:leave', 'x'.repeat(100_000));
    expect(await end).toBe('transport close');
    expect((await join(await room.connected(eve.cookie), run)).ok).toBe(true);
  });

  it('a flood ends the connection', async () => {
    const socket = await room.connected(eve.cookie);
    const end = gone(socket);
    for (let count = 0; count < 1000; count++) socket.emit('run:leave', 'x');
    expect(await end).toBe('io server disconnect');
  });

  it('one page follows a bounded number of runs', async () => {
    const socket = await room.connected(eve.cookie);
    const answers = [];
    for (let count = 0; count < 21; count++) answers.push(await join(socket, await submit('shown')));
    expect(answers.filter((answer) => answer.ok)).toHaveLength(20);
    expect(answers.at(-1)).toMatchObject({ ok: false });
    room.house.time.now += 10_000;
  });
});

describe('environments', () => {
  it('come whole at once and again after a change, many changes as one', async () => {
    const socket = await room.connected(eve.cookie);
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
