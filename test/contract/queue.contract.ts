/** What every queue promises. An implementation passes by running this suite with its own `open`. */
import { describe, expect, test } from 'vitest';
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
      expect(queue.size()).toEqual({ waiting: 2, active: 2 });
      handler.finish('b');
      expect(await handler.startedCount(3)).toEqual(['a', 'b', 'c']);
      handler.finish('a');
      expect(await handler.startedCount(4)).toEqual(['a', 'b', 'c', 'd']);
      for (const id of ['c', 'd']) handler.finish(id);
      await queue.close();
      expect(queue.size()).toEqual({ waiting: 0, active: 0 });
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
      expect(['a', 'b', 'c', 'x'].map((id) => queue.position(id))).toEqual([0, 1, 2, null]);
      expect(queue.remove('a')).toBe(true);
      expect(queue.remove('a')).toBe(false);
      expect(queue.position('c')).toBe(1);
    });

    test('an active id has no position and cannot be removed', async () => {
      const [queue, handler] = [await open(10), createHandler()];
      await queue.push('a');
      queue.consume(handler.handle, 1);
      await handler.startedCount(1);
      expect(queue.position('a')).toBeNull();
      expect(queue.remove('a')).toBe(false);
      handler.finish('a');
    });

    test('an id pushed twice waits once', async () => {
      const queue = await open(1);
      await queue.push('a');
      await queue.push('a');
      expect(queue.size()).toEqual({ waiting: 1, active: 0 });
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
      queue.checkRoom();
      await queue.push('b');
      expect(() => queue.checkRoom()).toThrow(
        expect.objectContaining({ name: 'GradeportError', code: 'busy' }),
      );
      await queue.push('c');
      expect(queue.position('c')).toBe(2);
      for (const id of ['a', 'b']) queue.remove(id);
      queue.checkRoom();
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
  });
}
