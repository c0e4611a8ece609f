/** What every queue promises. An implementation passes by running this suite with its own `open`. */
import { describe, expect, test, vi } from 'vitest';
import type { Queue } from '../../server/ports/queue.ts';
import { createHandler } from '../support/store/handler.ts';

/** @param open gives a fresh, empty queue for so many waiting ids, and cleans up after the test. */
export function queueContract(name: string, open: (maxWaiting: number) => Promise<Queue>): void {
  describe(`the queue contract: ${name}`, () => {
    test('hands ids out in their order, as many at once as agreed', async () => {
      const [queue, handler] = [await open(10), createHandler()];
      for (const id of ['a', 'b', 'c', 'd']) await queue.push(id);
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
      await queue.push('a');
      expect(await handler.startedCount(1)).toEqual(['a']);
      handler.finish('a');
      await queue.push('b');
      expect(await handler.startedCount(2)).toEqual(['a', 'b']);
      handler.finish('b');
    });

    test('tells positions, and takes a waiting id out once', async () => {
      const queue = await open(10);
      for (const id of ['a', 'b', 'c']) await queue.push(id);
      const places = ['a', 'b', 'c', 'x'].map((id) => queue.position(id));
      expect(await Promise.all(places)).toEqual([0, 1, 2, null]);
      expect(await queue.remove('a')).toBe(true);
      expect(await queue.remove('a')).toBe(false);
      expect(await queue.position('c')).toBe(1);
    });

    test('an active id has no position and cannot be removed', async () => {
      const [queue, handler] = [await open(10), createHandler()];
      await queue.push('a');
      queue.consume(handler.handle, 1);
      await handler.startedCount(1);
      expect(await queue.position('a')).toBeNull();
      expect(await queue.remove('a')).toBe(false);
      handler.finish('a');
    });

    test('an id pushed twice waits once', async () => {
      const queue = await open(1);
      await queue.push('a');
      await queue.push('a');
      expect(await queue.size()).toEqual({ waiting: 1, active: 0 });
    });

    test('an id pushed twice while it is handled is handled once more, after the others', async () => {
      const [queue, handler] = [await open(10), createHandler()];
      queue.consume(handler.handle, 1);
      await queue.push('a');
      await handler.startedCount(1);
      for (const id of ['b', 'a', 'a']) await queue.push(id);
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
      await queue.push('a');
      await queue.checkRoom();
      await queue.push('b');
      await expect(queue.checkRoom()).rejects.toMatchObject({ name: 'GradeportError', code: 'busy' });
      await queue.push('c');
      expect(await queue.position('c')).toBe(2);
      for (const id of ['a', 'b']) await queue.remove(id);
      await queue.checkRoom();
    });

    test('close waits for active handlers and hands out no more', async () => {
      const [queue, handler] = [await open(10), createHandler()];
      for (const id of ['a', 'b']) await queue.push(id);
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
      for (const id of ['a', 'b', 'c']) await queue.push(id);
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

    test('a parked id is being handled until its promise settles: close waits for it', async () => {
      const [queue, handler] = [await open(10), createHandler()];
      await queue.push('a');
      queue.consume(handler.handle, 1);
      await handler.startedCount(1);
      handler.park('a');
      await queue.push('a');
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
