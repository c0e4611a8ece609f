/** What comes from a container is cut anywhere, and hostile until it is unpacked. */
import { beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { createUnpacker, packBytes, packMessage } from '../../../grading-api/frames.ts';

const schema = z.strictObject({ type: z.literal('hello'), count: z.number() });
const [jsonBytes, rawBytes, depth, values] = [200, 100, 3, 10];
const bounds = {
  jsonBytes,
  rawBytes,
  depth,
  values,
  messagesPerSecond: 50,
  messageBytesPerSecond: 2 ** 30,
  framesPerSecond: 80,
};
const hello = (count: number) => packMessage({ type: 'hello', count });

let heard: unknown[];
let broken: string[];
beforeEach(() => {
  [heard, broken] = [[], []];
});
const open = () =>
  createUnpacker(
    { schema, bounds },
    {
      message: (message) => heard.push(message),
      bytes: (stream, channel, bytes) => heard.push([stream, channel, bytes.toString()]),
      broken: (why) => broken.push(why),
    },
  );

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
  ['a frame that says it is a little too long', Buffer.from([0, 0, 0, 203])],
  ['a message that is too long', packMessage({ type: 'hello', count: 1, more: 'x'.repeat(200) })],
  ['more raw bytes than there may be', packBytes(1, 0, Buffer.alloc(96))],
  ['a message that nests too deeply', packMessage({ type: 'hello', count: [[[]]] })],
  ['a message of too many values', packMessage({ type: 'hello', count: 1, more: Array(10).fill(0) })],
])('%s ends the conversation, once', (_, nonsense) => {
  const unpack = open();
  unpack(hello(1));
  unpack(nonsense);
  unpack(hello(2));
  unpack(nonsense);
  expect(heard).toEqual([{ type: 'hello', count: 1 }]);
  expect(broken).toHaveLength(1);
});

test('brackets and commas within texts are no values, also behind quotes that are escaped', () => {
  const text = '"[[[[{{{{,,,,,,,,,,,,\\"[[[[\\';
  const unpack = createUnpacker(
    { schema: z.looseObject({ text: z.string() }), bounds },
    { message: (message) => heard.push(message), bytes: () => {}, broken: (why) => broken.push(why) },
  );
  unpack(packMessage({ text }));
  expect([heard, broken]).toEqual([[{ text }], []]);
});

test.each([
  ['messages', 51, (count: number) => hello(count), 'more than 50 messages in a second'],
  ['frames', 81, () => packBytes(1, 0, Buffer.alloc(0)), 'more than 80 frames in a second'],
])('a flood of %s ends the conversation at its bound', (_, count, make, why) => {
  const unpack = open();
  unpack(Buffer.concat(Array.from({ length: count }, (_each, index) => make(index))));
  expect(heard).toHaveLength(count - 1);
  expect(broken).toEqual([expect.stringContaining(why)]);
});

test('a frame that is too long is refused at its length: what follows is not kept', () => {
  const unpack = open();
  unpack(Buffer.from([5, 255, 255, 255]));
  expect(broken).toEqual([expect.stringContaining('a frame of 100663295 bytes')]);
});
