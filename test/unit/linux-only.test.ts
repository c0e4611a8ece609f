/** Code that knows Linux is behind a door. Where one is new, its reason goes into support/architecture/linux-only.ts. */
import { expect, test } from 'vitest';
import { DOORS, isBehind, linuxByFile, linuxIn } from '../support/architecture/linux-only.ts';

const found = linuxByFile();
const doors = Object.keys(DOORS);

test('no file reads paths, starts programs or asks for user ids of Linux that is not behind a door', () => {
  const open = [...found].filter(([file]) => !doors.some((door) => isBehind(door, file)));
  expect(open.map(([file, words]) => `${file}: ${words.join(', ')}`)).toEqual([]);
});

test('every door has something behind it', () => {
  expect(doors.filter((door) => ![...found.keys()].some((file) => isBehind(door, file)))).toEqual([]);
});

test('paths, programs and ids are found', () => {
  const source = "spawn('mount', ['/proc/1/ns']); open(`/sys/fs`); process.getuid?.(); fetch('/api/x');";
  expect(linuxIn('x.ts', source)).toEqual(['mount', '/proc/1/ns', '/sys/fs', 'process.getuid']);
});
