/** Packing and unpacking of the frames that protocol.ts describes. */
import { FRAME_BYTES, FRAME_JSON } from './protocol.ts';
import { tooMuchIn, type Voice, type VoiceBounds } from './voices.ts';

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
 * Returns the function to feed with chunks of any size. Data that is not a frame, a message of another form, or more
 * than the voice may say ends the conversation: the other side then is not our agent any more.
 */
export function createUnpacker<T>(
  voice: Voice<T>,
  handler: FrameHandler<T>,
  clock: () => number = () => performance.now(),
): (chunk: Buffer) => void {
  const { bounds } = voice;
  const mostBytes = Math.max(bounds.jsonBytes, bounds.rawBytes);
  let pending: Buffer[] = [];
  let size = 0;
  // Chunks are joined only when a frame is complete: a large frame arrives in thousands of chunks.
  let needed = LENGTH_BYTES;
  let isBroken = false;
  const count = createCount(bounds, clock);

  function unpackFrames(): void {
    let all = Buffer.concat(pending);
    for (;;) {
      needed = LENGTH_BYTES + bodyLength(all, mostBytes);
      if (all.length < LENGTH_BYTES || all.length < needed) break;
      const body = all.subarray(LENGTH_BYTES, needed);
      count(body);
      unpack(body, voice, handler);
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
      pending = [];
      handler.broken(String(error));
    }
  };
}

/** Counts what comes in each second; a chunk may hold thousands of frames, and what is parsed takes the server's time. */
function createCount(
  { messagesPerSecond, messageBytesPerSecond, framesPerSecond }: VoiceBounds,
  clock: () => number,
) {
  let since = 0;
  let [messages, bytes, frames] = [0, 0, 0];
  return (body: Buffer): void => {
    const now = clock();
    if (now - since > 1000) {
      since = now;
      [messages, bytes, frames] = [0, 0, 0];
    }
    frames += 1;
    if (body.readUInt8(0) === FRAME_JSON) {
      messages += 1;
      bytes += body.length;
    }
    if (messages > messagesPerSecond) throw new Error(`more than ${messagesPerSecond} messages in a second`);
    if (bytes > messageBytesPerSecond)
      throw new Error(`messages of more than ${messageBytesPerSecond} bytes in a second`);
    if (frames > framesPerSecond) throw new Error(`more than ${framesPerSecond} frames in a second`);
  };
}

/** The length of the first frame's body; 0 while it is unknown. */
function bodyLength(bytes: Buffer, mostBytes: number): number {
  if (bytes.length < LENGTH_BYTES) return 0;
  const length = bytes.readUInt32BE(0);
  // Its kind byte comes on top.
  if (length < 1 || length > mostBytes + 1) throw new Error(`a frame of ${length} bytes`);
  return length;
}

function unpack<T>(body: Buffer, { schema, bounds }: Voice<T>, handler: FrameHandler<T>): void {
  const kind = body.readUInt8(0);
  const payload = body.subarray(1);
  if (kind === FRAME_JSON) {
    if (payload.length > bounds.jsonBytes) throw new Error(`a message of ${payload.length} bytes`);
    const tooMuch = tooMuchIn(payload, bounds);
    if (tooMuch !== null) throw new Error(tooMuch);
    handler.message(schema.parse(JSON.parse(payload.toString('utf8'))));
    return;
  }
  if (kind !== FRAME_BYTES || payload.length < RAW_HEADER_BYTES) throw new Error(`a frame of kind ${kind}`);
  if (payload.length > bounds.rawBytes) throw new Error(`a frame of ${payload.length} raw bytes`);
  handler.bytes(payload.readUInt8(0), payload.readUInt32BE(1), payload.subarray(RAW_HEADER_BYTES));
}
