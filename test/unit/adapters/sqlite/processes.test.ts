/** Several real processes on one data folder. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startChild } from '../../../support/store/child.ts';
import { sampleRun } from '../../../support/store/samples.ts';
import { tempFolder, tempStore } from '../../../support/store/temp-folder.ts';

async function race(folder: string, count: number) {
  const children = Array.from({ length: count }, () => startChild('lock-child.ts', folder));
  await Promise.all(children.map((child) => child.line()));
  for (const child of children) child.say('go');
  const answers = await Promise.all(children.map((child) => child.line()));
  return { children, answers };
}

test('of several starters exactly one gets the folder; after kill -9 the next has it at once', async () => {
  const folder = tempFolder();
  for (let round = 0; round < 3; round++) {
    const { children, answers } = await race(folder, 3);
    expect(answers.filter((answer) => answer === 'open')).toHaveLength(1);
    const refused =
      /^conflict: The data folder .* is in use by (process \d+ \(since .*\)|another process)\. Stop it first/;
    for (const answer of answers) if (answer !== 'open') expect(answer).toMatch(refused);
    await Promise.all(children.map((child) => child.kill()));
  }
  await tempStore(folder);
}, 30_000);

test('the refusal names the process that holds the folder', async () => {
  const folder = tempFolder();
  await tempStore(folder, { clock: () => Date.UTC(2026, 10, 20, 8) });
  const child = startChild('lock-child.ts', folder);
  child.say('go');
  expect(await child.line()).toBe('ready');
  expect(await child.line()).toBe(
    `conflict: The data folder ${folder} is in use by process ${process.pid} (since 2026-11-20T08:00:00.000Z). ` +
      'Stop it first, or choose another folder with --data.',
  );
});

test('the note of a dead process, with a pid that lives again, keeps no process out', async () => {
  const folder = tempFolder();
  const child = startChild('lock-child.ts', folder);
  child.say('go');
  for (const expected of ['ready', 'open']) expect(await child.line()).toBe(expected);
  await child.kill();
  const note = join(folder, 'gradeport.lock');
  const left = JSON.parse(readFileSync(note, 'utf8'));
  expect(left).toMatchObject({ pid: child.process.pid });
  writeFileSync(note, JSON.stringify({ ...left, pid: process.ppid }));
  await tempStore(folder);
  expect(JSON.parse(readFileSync(note, 'utf8'))).toMatchObject({ pid: process.pid });
});

test('of two processes that claim the same run at the same time exactly one wins', async () => {
  const folder = tempFolder();
  const store = await tempStore(folder);
  const all = Array.from({ length: 200 }, (_, index) => `r${index}`);
  await Promise.all(all.map((id) => store.runs.insert(sampleRun(id))));
  const children = [startChild('claim-child.ts', folder), startChild('claim-child.ts', folder)];
  for (const child of children) expect(await child.line()).toBe('ready');
  for (const id of all) {
    for (const child of children) child.say(id);
    const answers = await Promise.all(children.map((child) => child.line()));
    expect(answers.toSorted()).toEqual(['lost', 'won']);
  }
  expect(await store.runs.count({ state: 'running', attempt: 1 })).toBe(all.length);
}, 30_000);

test('kill -9 in the middle of writing loses nothing that was acknowledged', async () => {
  const folder = tempFolder();
  const acknowledged: string[] = [];
  for (const prefix of ['a', 'b', 'c']) {
    const child = startChild('writer-child.ts', folder, prefix);
    for (let count = 0; count < 25; count++) {
      const line = await child.line();
      if (line === null) throw new Error(`Process ${prefix} ended after ${count} inserts.`);
      acknowledged.push(line);
    }
    await child.kill();
    // What it still said before it died was acknowledged as well.
    for (let line = await child.line(); line !== null; line = await child.line()) acknowledged.push(line);
  }
  const store = await tempStore(folder);
  for (const line of acknowledged) {
    const [id = '', blob = ''] = line.split(' ');
    expect(await store.runs.get(id)).toEqual(sampleRun(id, { submission: blob }));
    expect(String(await store.blobs.get(blob))).toBe(`${id[0]} ${id.slice(1)}`);
  }
  expect(acknowledged.length).toBeGreaterThanOrEqual(75);
}, 30_000);
