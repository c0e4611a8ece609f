/** Bytes of YAML files: what is text, and what is said of the rest. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readTask } from '../../../../server/courses/read-task.ts';
import { textOfFile } from '../../../../server/courses/yaml/text-of-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'gradeport-text-'));
afterAll(() => rmSync(folder, { recursive: true }));

const TASK = 'name: Été\nenvironment_id: default\nproblems:\n  q1: {type: code}\n';
const utf16 = Buffer.from(`\ufeff${TASK}`, 'utf16le');

async function read(name: string, bytes: Buffer) {
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, 'task.yaml'), bytes);
  return await readTask(join(folder, name));
}

test.each([
  ['utf8', Buffer.from(TASK)],
  ['utf8-marked', Buffer.from(`\ufeff${TASK}`)],
  ['utf16le', utf16],
  ['utf16be', Buffer.from(utf16).swap16()],
])('a task in %s has its own name', async (name, bytes) => {
  expect(await read(name, bytes)).toMatchObject({ task: { name: 'Été' } });
});

test('a task in Latin-1 is refused with its line, and no character is replaced', async () => {
  const read1 = await read('latin1', Buffer.from(`author: a\n${TASK}`, 'latin1'));
  expect(read1).toMatchObject({
    problems: [{ message: 'this file cannot be read as text: line 2 is not UTF-8; save it as UTF-8' }],
  });
});

test('half a character at the end, and half a pair of UTF-16, are no text', () => {
  expect(() => textOfFile(Buffer.from([0x61, 0x0a, 0x0a, 0xc3]))).toThrow('line 3 is not UTF-8');
  expect(() => textOfFile(Buffer.from([0xff, 0xfe, 0x00, 0xd8]))).toThrow('not valid UTF-16');
});
