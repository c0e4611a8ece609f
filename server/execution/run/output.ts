/** Collects what a program prints: its beginning and its end, bounded, valid text whatever the bytes. */
import type { Output } from '../../model/collections.ts';

const HEAD_BYTES = 64 * 1024;
const TAIL_BYTES = 64 * 1024;

export type OutputCollector = { add(bytes: Buffer): void; bytes(): number; text(): Output };

export function createOutputCollector(headBytes = HEAD_BYTES, tailBytes = TAIL_BYTES): OutputCollector {
  const head: Buffer[] = [];
  let headSize = 0;
  let tail = Buffer.alloc(0);
  let total = 0;
  return {
    add(bytes) {
      total += bytes.length;
      const taken = bytes.subarray(0, headBytes - headSize);
      if (taken.length > 0) head.push(Buffer.from(taken));
      headSize += taken.length;
      const rest = bytes.subarray(taken.length);
      if (rest.length > 0) tail = Buffer.concat([tail, rest]).subarray(-tailBytes);
    },
    bytes: () => total,
    text: () => ({
      head: Buffer.concat(head).toString('utf8'),
      tail: tail.toString('utf8'),
      omittedBytes: total - headSize - tail.length,
    }),
  };
}
