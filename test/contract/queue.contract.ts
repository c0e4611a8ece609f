/** What every queue promises. An implementation passes by running this suite with its own `open`. */
import { describe, expect, test, vi } from 'vitest';
import type { Queue } from '../../server/ports/queue.ts';
import { ada, createHandler } from '../support/store/handler.ts';

/** @param open gives a fresh, empty queue for so many waiting ids, and cleans up after the test. */
export function queueContract(name: string, open: (maxWaiting: number) => Promise<Queue>): void {
  describe(`the queue contract: ${name}`, () => {
    test('hands ids out in their order, as many at once as agreed', async () => {
      const [queue, handler] = [await open(10), createHandler()];
      for (const id of ['a', 'b', 'c', 'd']) await queue.push(id, ada);
      queue.consume(handler.handle, 2);
      expect(await handler.startedCount(2)).toEqual(['a', 'b']);
      await vi.waitFor(async () => expect(await queue.size()).toEqual({ waiting: 2, active: 2 }));
      handler.finish('b');
      expect(await handler.startedCount(3)).toEqual(['a', 'b', 'c']);
      handler.finish('a');
      expect(await handler.startedCount(4)).toEqual(['a', 'b', 'c', 'd']);
      for (const id of ['c', 'd']) handler.finish(id);
      await queue.close();
      expect(await queue.size()).toEqual({ waiting: 0, active: 0 });
    });

    test('hands out what comes later', async () => {
      const [queue, handler] = [await open(10), createHandler()];
      queue.consume(handler.handle, 1);
      await queue.push('a', ada);
      expect(await handler.startedCount(1)).toEqual(['a']);
      handler.finish('a');
      await queue.push('b', ada);
      expect(await handler.startedCount(2)).toEqual(['a', 'b']);
      handler.finish('b');
    });

    test('tells positions, and takes a waiting id out once', async () => {
      const queue = await open(10);
      for (const id of ['a', 'b', 'c']) await queue.push(id, ada);
      const places = ['a', 'b', 'c', 'x'].map((id) => queue.position(id));
      expect(await Promise.all(places)).toEqual([0, 1, 2, null]);
      expect(await queue.remove('a')).toBe(true);
      expect(await queue.remove('a')).toBe(false);
      expect(await queue.position('c')).toBe(1);
    });

    test('an active id has no position and cannot be removed', async () => {
      const [queue, handler] = [await open(10), createHandler()];
      await queue.push('a', ada);
      queue.consume(handler.handle, 1);
      await handler.startedCount(1);
      expect(await queue.position('a')).toBeNull();
      expect(await queue.remove('a')).toBe(false);
      handler.finish('a');
    });

    test('an id pushed twice waits once', async () => {
      const queue = await open(1);
      await queue.push('a', ada);
      await queue.push('a', ada);
      expect(await queue.size()).toEqual({ waiting: 1, active: 0 });
    });

    test('an id pushed twice while it is handled is handled once more, after the others', async () => {
      const [queue, handler] = [await open(10), createHandler()];
      queue.consume(handler.handle, 1);
      await queue.push('a', ada);
      await handler.startedCount(1);
      for (const id of ['b', 'a', 'a']) await queue.push(id, ada);
      handler.finish('a');
      await handler.startedCount(2);
      handler.finish('b');
      expect(await handler.startedCount(3)).toEqual(['a', 'b', 'a']);
      handler.finish('a');
      await queue.close();
      expect(handler.started).toHaveLength(3);
    });

    test('says "busy" when it is full, but loses no id that is stored already', async () => {
      const queue = await open(2);
      await queue.push('a', ada);
      await queue.checkRoom();
      await queue.push('b', ada);
      await expect(queue.checkRoom()).rejects.toMatchObject({ name: 'GradeportError', code: 'busy' });
      await queue.push('c', ada);
      expect(await queue.position('c')).toBe(2);
      for (const id of ['a', 'b']) await queue.remove(id);
      await queue.checkRoom();
    });

    test('close waits for active handlers and hands out no more', async () => {
      const [queue, handler] = [await open(10), createHandler()];
      for (const id of ['a', 'b']) await queue.push(id, ada);
      queue.consume(handler.handle, 1);
      await handler.startedCount(1);
      let closed = false;
      const closing = queue.close().then(() => {
        closed = true;
      });
      await new Promise(setImmediate);
      expect(closed).toBe(false);
      handler.finish('a');
      await closing;
      expect(handler.started).toEqual(['a']);
    });

    test('an id that is parked lets another one be handled beside it', async () => {
      const [queue, handler] = [await open(10), createHandler()];
      for (const id of ['a', 'b', 'c']) await queue.push(id, ada);
      queue.consume(handler.handle, 1);
      await handler.startedCount(1);
      handler.park('a');
      expect(await handler.startedCount(2)).toEqual(['a', 'b']);
      await vi.waitFor(async () => expect(await queue.size()).toEqual({ waiting: 1, active: 1 }));
      expect([await queue.position('a'), await queue.remove('a')]).toEqual([null, false]);
      // Its end makes no second place free.
      handler.finish('a');
      handler.finish('b');
      expect(await handler.startedCount(3)).toEqual(['a', 'b', 'c']);
      handler.finish('c');
      await queue.close();
    });

    /** Hands out all that waits, one after the other. */
    async function orderOf(queue: Queue): Promise<string[]> {
      const order: string[] = [];
      const { waiting } = await queue.size();
      const all = Promise.withResolvers<void>();
      queue.consume(async (runId) => {
        if (order.push(runId) === waiting) all.resolve();
      }, 1);
      await all.promise;
      return order;
    }

    test('an owner behind five hundred runs of another one is the second in line', async () => {
      const [queue, handler] = [await open(1000), createHandler()];
      for (let at = 0; at < 500; at++) await queue.push(`ada${at}`, ada);
      const bob = { owner: 'bob', course: 'c1' };
      expect(await queue.ahead(bob)).toBe(1);
      await queue.push('bob0', bob);
      expect([await queue.position('bob0'), await queue.position('ada1')]).toEqual([1, 2]);
      queue.consume(handler.handle, 1);
      await handler.startedCount(1);
      handler.finish('ada0');
      expect(await handler.startedCount(2)).toEqual(['ada0', 'bob0']);
      // An owner who had a turn in this round comes after one who had none.
      await queue.push('bob1', bob);
      await queue.push('eve0', { owner: 'eve', course: 'c1' });
      handler.finish('bob0');
      expect(await handler.startedCount(3)).toEqual(['ada0', 'bob0', 'eve0']);
      handler.finish('eve0');
      await handler.startedCount(4);
      handler.finish('ada1');
      expect((await handler.startedCount(5)).slice(3)).toEqual(['ada1', 'bob1']);
      handler.finish('bob1');
    });

    test('owners take turns, whatever the order of arrival, and each keeps their own order', async () => {
      const queue = await open(100);
      const owned = ['a1 a2 a3 a4', 'b1', 'c1 c2'].map((ids) => ids.split(' '));
      for (const ids of owned)
        for (const id of ids) await queue.push(id, { owner: id.slice(0, 1), course: 'c1' });
      expect(await orderOf(queue)).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3', 'a4']);
    });

    test('a small course does not wait for all owners of a large one', async () => {
      const queue = await open(100);
      for (const at of [0, 1, 2, 3, 4]) await queue.push(`large${at}`, { owner: `l${at}`, course: 'large' });
      for (const at of [0, 1]) await queue.push(`small${at}`, { owner: `s${at}`, course: 'small' });
      expect(await queue.position('small0')).toBe(1);
      const order = ['large0', 'small0', 'large1', 'small1', 'large2', 'large3', 'large4'];
      expect(await orderOf(queue)).toEqual(order);
    });

    test('a course in which nothing waited for long does not catch up on its turns', async () => {
      const [queue, handler] = [await open(100), createHandler()];
      queue.consume(handler.handle, 1);
      for (const at of [0, 1, 2]) {
        await queue.push(`early${at}`, { owner: `e${at}`, course: 'large' });
        await handler.startedCount(at + 1);
        if (at < 2) handler.finish(`early${at}`);
      }
      for (const at of [0, 1, 2]) {
        await queue.push(`large${at}`, { owner: `l${at}`, course: 'large' });
        await queue.push(`small${at}`, { owner: `s${at}`, course: 'small' });
      }
      const places = ['large0', 'large1', 'small2'].map((id) => queue.position(id));
      expect(await Promise.all(places)).toEqual([1, 3, 4]);
      handler.finish('early2');
      await handler.startedCount(4);
    });

    test('one that is taken out gives its turn to the next one of the same owner', async () => {
      const queue = await open(100);
      for (const id of ['a0', 'a1', 'a2', 'a3']) await queue.push(id, ada);
      for (const id of ['b0', 'b1', 'b2']) await queue.push(id, { owner: 'bob', course: 'c1' });
      for (const id of ['a0', 'a2']) expect(await queue.remove(id)).toBe(true);
      expect(await queue.ahead(ada)).toBe(5);
      expect(await orderOf(queue)).toEqual(['b0', 'a1', 'b1', 'a3', 'b2']);
    });

    test('a handler that asks for it gets its id once more, behind the owners that wait', async () => {
      const [queue, handler] = [await open(10), createHandler()];
      queue.consume(handler.handle, 1);
      await queue.push('a', ada);
      await handler.startedCount(1);
      handler.again('a');
      await queue.push('b', { owner: 'bob', course: 'c1' });
      handler.finish('a');
      await handler.startedCount(2);
      handler.finish('b');
      expect(await handler.startedCount(3)).toEqual(['a', 'b', 'a']);
      handler.finish('a');
    });

    test('a parked id is being handled until its promise settles: close waits for it', async () => {
      const [queue, handler] = [await open(10), createHandler()];
      await queue.push('a', ada);
      queue.consume(handler.handle, 1);
      await handler.startedCount(1);
      handler.park('a');
      await queue.push('a', ada);
      expect(handler.started).toEqual(['a']);
      let closed = false;
      const closing = queue.close().then(() => {
        closed = true;
      });
      await new Promise(setImmediate);
      expect(closed).toBe(false);
      handler.finish('a');
      await closing;
    });
  });
}
