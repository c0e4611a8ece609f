import { beforeEach, describe, expect, test } from 'vitest';
import type { RunEvent } from '../../server/model/run-events.ts';
import type { RunStep } from '../../web/events.ts';
import { outcomeWith } from '../support/http/grading.ts';
import { out, starting } from '../support/live/events.ts';
import { ask, join, sharedLiveHouse, steps, types, value } from '../support/live/live-house.ts';

const room = await sharedLiveHouse();
let run: string;
beforeEach(async () => {
  run = await room.submit('shown');
});
const publish = (...events: RunEvent[]) => room.publish(run, events);

describe('following a run', () => {
  test('gives the story so far, then every step', async () => {
    publish({ type: 'queued', position: 0 }, starting(1));
    const socket = await room.connected(room.eve.cookie);
    expect(types(value(await join(socket, run)).steps)).toEqual(['1.1 starting']);
    const next = steps(socket, 3);
    publish({ type: 'started', startMs: 2 }, out('a'), { type: 'done', outcome: outcomeWith() });
    expect(types(await next)).toEqual(['1.2 started', '1.3 output', '1.4 done']);
  });

  test('misses nothing and repeats nothing over a reconnection', async () => {
    publish(starting(1), { type: 'started', startMs: 2 });
    const first = await room.connected(room.eve.cookie);
    const seen = value(await join(first, run)).steps;
    first.disconnect();
    publish(out('while away'));
    const second = await room.connected(room.eve.cookie);
    const late = steps(second, 2);
    const last = seen.at(-1);
    const missed = value(
      await join(second, run, { attempt: last?.attempt ?? 0, after: last?.seq ?? 0 }),
    ).steps;
    publish(out('back again'), { type: 'done', outcome: outcomeWith() });
    const all = [...seen, ...missed, ...(await late)];
    expect(types(all)).toEqual(['1.1 starting', '1.2 started', '1.3 output', '1.4 output', '1.5 done']);
  });

  test('misses nothing that happens while it joins', async () => {
    publish(starting(1));
    for (let round = 0; round < 20; round++) {
      const socket = await room.connected(room.eve.cookie);
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

  test('tells a run that the log has forgotten from the store, as a new attempt to readers who saw its beginning', async () => {
    const output = { head: 'first', tail: 'last', omittedBytes: 7 };
    await room.house.grading.finish(run, outcomeWith({ output }));
    const socket = await room.connected(room.eve.cookie);
    const whole = ['starting', 'started', 'output', 'omitted', 'output', 'done'];
    const fresh = value(await join(socket, run)).steps;
    expect(types(fresh)).toEqual(whole.map((type, index) => `1.${index + 1} ${type}`));
    const again = value(await join(socket, run, { attempt: 1, after: 40 })).steps;
    expect(types(again)).toEqual(whole.map((type, index) => `2.${index + 1} ${type}`));
  });

  test('goes on with the numbers that were seen before a restart', async () => {
    await room.house.store.runs.update({ id: run }, { $set: { attempt: 1 } });
    const socket = await room.connected(room.eve.cookie);
    expect(types(value(await join(socket, run, { attempt: 1, after: 40 })).steps)).toEqual(['1.41 queued']);
    const next = steps(socket, 1);
    publish(starting(2));
    expect(types(await next)).toEqual(['2.1 starting']);
  });

  test('tells the place in the queue whenever it changes', async () => {
    room.queue.place = 4;
    const socket = await room.connected(room.eve.cookie);
    expect(value(await join(socket, run)).steps).toMatchObject([{ type: 'queued', position: 4 }]);
    const next = steps(socket, 1);
    room.queue.place = 3;
    await room.live.tellPositions();
    expect(await next).toMatchObject([{ type: 'queued', position: 3, seq: 2 }]);
  });

  test('ends with leaving', async () => {
    publish(starting(1));
    const socket = await room.connected(room.eve.cookie);
    await join(socket, run);
    const other = await room.submit('shown');
    const next = steps(socket, 1);
    socket.emit('run:leave', run);
    await join(socket, other);
    publish({ type: 'started', startMs: 1 });
    room.publish(other, [starting(1)]);
    expect(types(await next)).toEqual(['1.1 starting']);
  });
});
