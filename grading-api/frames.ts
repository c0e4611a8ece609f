/** Packing and unpacking of the frames that protocol.ts describes. */
import type { z } from 'zod';
import { FRAME_BYTES, FRAME_JSON, MAX_FRAME_BYTES } from './protocol.ts';

const LENGTH_BYTES = 4;
const RAW_HEADER_BYTES = 5;

function frame(kind: number, ...parts: Uint8Array[]): Buffer {
  const size = parts.reduce((sum, part) => sum + part.length, 1);
  const head = Buffer.alloc(LENGTH_BYTES + 1);
  head.writeUInt32BE(size, 0);
  head.writeUInt8(kind, LENGTH_BYTES);
  return Buffer.concat([head, ...parts]);
}

export const packMessage = (message: object): Buffer =>
  frame(FRAME_JSON, Buffer.from(JSON.stringify(message)));

export function packBytes(stream: number, channel: number, bytes: Uint8Array): Buffer {
  const head = Buffer.alloc(RAW_HEADER_BYTES);
  head.writeUInt8(stream, 0);
  head.writeUInt32BE(channel, 1);
  return frame(FRAME_BYTES, head, bytes);
}

export type FrameHandler<T> = {
  message(message: T): void;
  bytes(stream: number, channel: number, bytes: Buffer): void;
  /** Called once with the reason why the data is not valid; all later data is ignored. */
  broken(why: string): void;
};

/**
 * Returns the function to feed with chunks of any size. Data that is not a frame, or a message of another form, ends
 * the conversation: the other side then is not our agent any more.
 */
export function createUnpacker<T>(schema: z.ZodType<T>, handler: FrameHandler<T>): (chunk: Buffer) => void {
  let pending: Buffer[] = [];
  let size = 0;
  // Chunks are joined only when a frame is complete: a large frame arrives in thousands of chunks.
  let needed = LENGTH_BYTES;
  let isBroken = false;

  function unpackFrames(): void {
    let all = Buffer.concat(pending);
    for (;;) {
      needed = LENGTH_BYTES + bodyLength(all);
      if (all.length < LENGTH_BYTES || all.length < needed) break;
      unpack(all.subarray(LENGTH_BYTES, needed), schema, handler);
      all = all.subarray(needed);
    }
    pending = [all];
    size = all.length;
  }

  return (chunk) => {
    if (isBroken) return;
    pending.push(chunk);
    size += chunk.length;
    if (size < needed) return;
    try {
      unpackFrames();
    } catch (error) {
      isBroken = true;
      handler.broken(String(error));
    }
  };
}

/** The length of the first frame's body; 0 while it is unknown. */
function bodyLength(bytes: Buffer): number {
  if (bytes.length < LENGTH_BYTES) return 0;
  const length = bytes.readUInt32BE(0);
  if (length < 1 || length > MAX_FRAME_BYTES) throw new Error(`a frame of ${length} bytes`);
  return length;
}

function unpack<T>(body: Buffer, schema: z.ZodType<T>, handler: FrameHandler<T>): void {
  const kind = body.readUInt8(0);
  const payload = body.subarray(1);
  if (kind === FRAME_JSON) {
    handler.message(schema.parse(JSON.parse(payload.toString('utf8'))));
    return;
  }
  if (kind !== FRAME_BYTES || payload.length < RAW_HEADER_BYTES) throw new Error(`a frame of kind ${kind}`);
  handler.bytes(payload.readUInt8(0), payload.readUInt32BE(1), payload.subarray(RAW_HEADER_BYTES));
}
