/**
 * How much a container may say at once, by the role of its agent. A student that is root can speak in its agent's place,
 * so each bound is checked before anything is parsed: what is within them costs the server milliseconds.
 * gradeport_frames.py has the same bounds of a report; test/unit/grading-api/voices.test.ts compares them.
 */
import type { z } from 'zod';
import { fromGradingAgent, fromStudentAgent } from './protocol.ts';

export type VoiceBounds = {
  /** Length of one JSON message. */
  jsonBytes: number;
  /** Length of one frame of raw bytes; an agent sends at most 64 KiB. */
  rawBytes: number;
  /** Lists and maps within each other, and values of all of them together, in one message. */
  depth: number;
  values: number;
  /** In one second. A program that flushes each character reaches a third of the frames. */
  messagesPerSecond: number;
  messageBytesPerSecond: number;
  framesPerSecond: number;
};

/** T: the messages of this kind of agent. */
export type Voice<T> = { schema: z.ZodType<T>; bounds: VoiceBounds };

/** A grader's feedback: as a file in its container, as JSON on its way, and as it is stored. */
export const REPORT_BYTES = 2 ** 20;
export const REPORT_DEPTH = 100;
export const REPORT_VALUES = 20_000;

const RATES = { rawBytes: 256 * 1024, messagesPerSecond: 10_000, framesPerSecond: 50_000 };

export const graderVoice = {
  schema: fromGradingAgent,
  // The report is in a message; a run-student message has two texts of 128 Ki characters.
  bounds: {
    ...RATES,
    jsonBytes: REPORT_BYTES + 512 * 1024,
    // Twenty times in a second it may report up to 256 KiB so far.
    messageBytesPerSecond: 32 * 2 ** 20,
    depth: REPORT_DEPTH + 2,
    values: REPORT_VALUES + 100,
  },
};

export const studentVoice = {
  schema: fromStudentAgent,
  bounds: { ...RATES, jsonBytes: 64 * 1024, messageBytesPerSecond: 2 * 2 ** 20, depth: 5, values: 100 },
};

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const OPENING = [0x5b, 0x7b];
const CLOSING = [0x5d, 0x7d];
/** What each byte outside of texts adds to the depth, and to the values. */
const DEEPER = Int8Array.from({ length: 256 }, (_, byte) =>
  OPENING.includes(byte) ? 1 : CLOSING.includes(byte) ? -1 : 0,
);
const VALUES = Int8Array.from({ length: 256 }, (_, byte) =>
  byte === COMMA || OPENING.includes(byte) ? 1 : 0,
);

/** What in these bytes of JSON is beyond a bound, as a sentence; null: nothing. One walk, without recursion. */
export function tooMuchIn(json: Uint8Array, { depth, values }: Pick<VoiceBounds, 'depth' | 'values'>) {
  let open = 0;
  let seen = 0;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at] ?? 0;
    if (byte === QUOTE) at = endOfText(json, at + 1);
    open += DEEPER[byte] ?? 0;
    seen += VALUES[byte] ?? 0;
    if (open > depth) return `a message nested more than ${depth} levels deep`;
    if (seen > values) return `a message of more than ${values} values`;
  }
  return null;
}

/** Where the closing quote is, or the end of the bytes. */
function endOfText(json: Uint8Array, start: number): number {
  let at = start;
  while (at < json.length && json[at] !== QUOTE) at += json[at] === BACKSLASH ? 2 : 1;
  return at;
}
