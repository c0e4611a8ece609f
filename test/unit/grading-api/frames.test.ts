/** What comes from a container is cut anywhere, and hostile until it is unpacked. */
import { beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { createUnpacker, packBytes, packMessage } from '../../../grading-api/frames.ts';

const schema = z.strictObject({ type: z.literal('hello'), count: z.number() });
const hello = (count: number) => packMessage({ type: 'hello', count });

let heard: unknown[];
let broken: string[];
beforeEach(() => {
  [heard, broken] = [[], []];
});
const open = () =>
  createUnpacker(schema, {
    message: (message) => heard.push(message),
    bytes: (stream, channel, bytes) => heard.push([stream, channel, bytes.toString()]),
    broken: (why) => broken.push(why),
  });

test('frames are the same however they are cut', () => {
  const all = Buffer.concat([hello(1), packBytes(1, 7, Buffer.from('é')), hello(2)]);
  for (const size of [1, 3, all.length]) {
    const unpack = open();
    heard = [];
    for (let at = 0; at < all.length; at += size) unpack(all.subarray(at, at + size));
    expect(heard).toEqual([{ type: 'hello', count: 1 }, [1, 7, 'é'], { type: 'hello', count: 2 }]);
  }
  expect(broken).toEqual([]);
});

test.each([
  ['a message of another form', packMessage({ type: 'hello', count: 'many' })],
  ['no JSON', Buffer.from([0, 0, 0, 2, 0, 123])],
  ['a frame of an unknown kind', Buffer.from([0, 0, 0, 2, 9, 9])],
  ['a frame that is too long', Buffer.from([255, 255, 255, 255, 0])],
])('%s ends the conversation, once', (_, nonsense) => {
  const unpack = open();
  unpack(hello(1));
  unpack(nonsense);
  unpack(hello(2));
  unpack(nonsense);
  expect(heard).toEqual([{ type: 'hello', count: 1 }]);
  expect(broken).toHaveLength(1);
});
