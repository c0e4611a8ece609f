/** What a container may say costs the server milliseconds, and agents keep to the same bounds. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createUnpacker, packMessage } from '../../../grading-api/frames.ts';
import {
  graderVoice,
  REPORT_BYTES,
  REPORT_DEPTH,
  REPORT_VALUES,
  studentVoice,
  tooMuchIn,
  type Voice,
} from '../../../grading-api/voices.ts';
import { effortOf } from '../../support/effort.ts';

const JSON_KIND = 0;
function framed(json: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(json.length + 1, 0);
  head.writeUInt8(JSON_KIND, 4);
  return Buffer.concat([head, json]);
}

/** How much work it is for the server, and why it ended the conversation. */
function hear<T>(voice: Voice<T>, bytes: Buffer, clock?: () => number) {
  let why: string | null = null;
  const unpack = createUnpacker(
    voice,
    {
      message: () => {},
      bytes: () => {},
      broken: (reason) => {
        why = reason;
      },
    },
    clock,
  );
  const effort = effortOf(() => {
    for (let at = 0; at < bytes.length; at += 65_536) unpack(bytes.subarray(at, at + 65_536));
  });
  return { effort, why };
}

test('the agent has the same bounds of a report as the server', () => {
  const agent = readFileSync('grading-api/agent/feedback_file.py', 'utf8');
  expect(agent).toContain(`MAX_BYTES = ${REPORT_BYTES / 1024} * 1024\n`);
  expect(agent).toContain(`MAX_DEPTH = ${REPORT_DEPTH}\n`);
  expect(agent).toContain(`MAX_VALUES = ${REPORT_VALUES.toLocaleString('en').replace(',', '_')}\n`);
});

test('a frame of 90 MiB of nested lists is refused within milliseconds in every role', () => {
  const bomb = framed(Buffer.alloc(90 * 2 ** 20, '['));
  for (const voice of [graderVoice, studentVoice]) {
    const { effort, why } = hear<unknown>(voice, bomb);
    expect(why).toContain('a frame of 94371841 bytes');
    expect(effort).toBeLessThan(1);
  }
});

const report = (feedback: unknown) => ({
  type: 'result',
  feedback,
  problem: null,
  ended: 'exit',
  exitCode: 0,
  graderMs: 1,
  outputBytes: 1,
});

test.each([
  ['nested lists', Buffer.from('['.repeat(REPORT_BYTES))],
  ['empty maps', Buffer.from(`[${'{},'.repeat(REPORT_BYTES / 3)}`)],
  ['keys', Buffer.from(`{${'"":0,'.repeat(REPORT_BYTES / 5)}`)],
  ['text without end', Buffer.from(`"${'\\"'.repeat(REPORT_BYTES / 2)}`)],
])('a frame of %s that is as long as a report costs milliseconds', (_, json) => {
  const { effort, why } = hear<unknown>(graderVoice, framed(json));
  expect(why).not.toBeNull();
  expect(effort).toBeLessThan(2);
});

test('the largest report there may be arrives', () => {
  const tests = Object.fromEntries(Array.from({ length: 9000 }, (_, index) => [`test${index}`, true]));
  const text = 'x'.repeat(REPORT_BYTES - JSON.stringify(tests).length - 100);
  expect(hear<unknown>(graderVoice, packMessage(report({ text, tests }))).why).toBeNull();
});

test('a student’s agent has 64 KiB for a message, and needs no nesting', () => {
  const exit = { type: 'exit', code: 0, ended: 'exit', signal: null, used: null };
  expect(hear<unknown>(studentVoice, packMessage(exit)).why).toBeNull();
  const long = packMessage({ ...exit, more: 'x'.repeat(65_536) });
  expect(hear<unknown>(studentVoice, long).why).toContain('a message of');
  const deep = packMessage({ ...exit, more: [[[[[]]]]] });
  expect(hear<unknown>(studentVoice, deep).why).toContain('nested more than 5 levels');
});

test('a quote at the very end, and bytes that are no JSON, end the walk', () => {
  for (const json of ['"', '"\\', '\\"', ']]]]', '\u0000"[', '']) {
    expect(tooMuchIn(Buffer.from(json), { depth: 1, values: 1 })).toBeNull();
  }
});

test.each([
  [
    'a student’s agent',
    studentVoice,
    { type: 'stdin-taken', channel: 0, bytes: 1, more: '\\u0041'.repeat(8000) },
  ],
  ['a grader’s agent', graderVoice, { type: 'feedback', feedback: { text: '<'.repeat(REPORT_BYTES) } }],
] as const)(
  'messages of %s, each within its bound, are refused when they are too much together',
  (_, voice, one) => {
    const bytes = Buffer.concat(Array.from({ length: 40 }, () => packMessage(one)));
    const inOneSecond = () => 5000;
    expect(hear<unknown>(voice, bytes, inOneSecond).why).toMatch(
      /messages of more than \d+ bytes in a second/,
    );
  },
);

test('as many of them over a longer time are fine', () => {
  const one = packMessage({ type: 'stdin-taken', channel: 0, bytes: 1, more: 'x'.repeat(60_000) });
  let now = 0;
  const slowly = () => {
    now += 100;
    return now;
  };
  expect(hear<unknown>(studentVoice, Buffer.concat(Array(64).fill(one)), slowly).why).toBeNull();
});

test('keys that are names of JavaScript’s own change nothing, and numbers beyond all bounds are refused', () => {
  const odd = [
    '{"__proto__":{"type":"exit","code":0,"ended":"exit"}}',
    '{"type":"exit","code":1e999,"ended":"exit"}',
  ];
  for (const json of odd) expect(hear<unknown>(studentVoice, framed(Buffer.from(json))).why).not.toBeNull();
  expect(hear<unknown>(studentVoice, framed(Buffer.from([0xed, 0xa0, 0x80]))).why).not.toBeNull();
});
