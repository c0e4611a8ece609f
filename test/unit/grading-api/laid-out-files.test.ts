/** A task that arrives as frames: what the agent makes of it, and of what no task holds. */
import { execFileSync } from 'node:child_process';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FILES } from '../../../grading-api/protocol.ts';
import { aStart, startAgent } from '../../support/grading-api/agent.ts';
import { makeSlot } from '../../support/grading-api/container.ts';

type Sent = { entries: unknown[]; content?: (string | Buffer)[] };

/** Sends files and then a start; returns the folder, and the agent's last message. */
async function layOut({ entries, content = [] }: Sent) {
  const slot = await makeSlot();
  const agent = startAgent('grading', slot);
  await agent.message('ready');
  agent.send({ type: 'files', entries });
  for (const one of content) agent.sendBytes(FILES, 0, one);
  agent.send({ ...aStart });
  const last = await agent.until('the last message', () =>
    agent.messages.find(({ type }) => type === 'result' || type === 'files-refused'),
  );
  await agent[Symbol.asyncDispose]();
  return { last, slot, task: join(slot.root, 'task') };
}

const RUN = '#!/bin/sh\nfeedback-result success\n';

test('files, folders and links are there when the grader starts, as files of its user', async () => {
  const { last, slot, task } = await layOut({
    entries: [
      ['file', 'run', RUN.length],
      ['folder', 'data'],
      ['file', 'data/empty', 0],
      ['file', 'data/long', 5],
      ['file', 'student/template.py', 2],
      ['link', 'data/link', '../run'],
    ],
    // Cuts between frames mean nothing.
    content: [RUN.slice(0, 4), `${RUN.slice(4)}lo`, 'ng!ab'],
  });
  await using _ = slot;
  expect(last).toMatchObject({ type: 'result', feedback: { result: 'success' } });
  expect(lstatSync(join(task, 'run'))).toMatchObject({ mode: 0o100777, uid: 4242, gid: 4242 });
  expect(lstatSync(join(task, 'data'))).toMatchObject({ mode: 0o40777, uid: 4242, gid: 4242 });
  expect(readFileSync(join(task, 'data/long'), 'utf8')).toBe('long!');
  expect(readFileSync(join(task, 'data/empty'), 'utf8')).toBe('');
  expect(readlinkSync(join(task, 'data/link'))).toBe('../run');
  expect(readFileSync(join(slot.root, 'student/template.py'), 'utf8')).toBe('ab');
});

const long = 'x'.repeat(300);
test.each<[string, Sent, RegExp]>([
  ['a name that leads out', { entries: [['file', '../run', 0]] }, /cannot have the name/],
  ['one that begins at the root', { entries: [['file', '/etc/x', 0]] }, /cannot have the name/],
  ['one with a dot for a part', { entries: [['folder', 'a/./b']] }, /cannot have the name/],
  ['an empty one', { entries: [['folder', '']] }, /cannot have the name/],
  ['one with a zero byte', { entries: [['file', 'a\0b', 0]] }, /cannot have the name/],
  ['one that is too long', { entries: [['file', long, 0]] }, /cannot have the name/],
  ['a file in no folder', { entries: [['file', 'a/b', 0]] }, /is in no folder/],
  [
    'a file through a link',
    {
      entries: [
        ['link', 'out', '/tmp'],
        ['file', 'out/x', 0],
      ],
    },
    /is in no folder/,
  ],
  [
    'a file twice',
    {
      entries: [
        ['file', 'a', 0],
        ['file', 'a', 0],
      ],
    },
    /exists/,
  ],
  [
    'a link in the place of a file',
    {
      entries: [
        ['file', 'a', 0],
        ['link', 'a', '/etc/passwd'],
      ],
    },
    /exists/,
  ],
  ['the folder of students again', { entries: [['folder', 'student']] }, /exists/],
  ['a link to nothing', { entries: [['link', 'a', '']] }, /cannot lead to/],
  ['a device', { entries: [['device', 'a']] }, /kind 'device'/],
  ['a file of no size', { entries: [['file', 'a', -1]] }, /-1 bytes/],
  ['one of half a byte', { entries: [['file', 'a', 0.5]] }, /0.5 bytes/],
  ['more bytes than it takes', { entries: [['file', 'a', 5 * 2 ** 20]] }, /too large/],
  ['more files than it takes', { entries: Array(4001).fill(['folder', 'a']) }, /too many/],
  ['content that no file asks for', { entries: [['file', 'a', 1]], content: ['abc'] }, /more content/],
  ['less content than was promised', { entries: [['file', 'a', 3]], content: ['ab'] }, /not complete/],
  ['a list that is none', { entries: [['file']] }, /./],
])('%s is refused, and the grader does not start', async (_, sent, reason) => {
  const { last, slot, task } = await layOut(sent);
  await using _slot = slot;
  expect(last).toMatchObject({
    type: 'files-refused',
    noSpace: false,
    reason: expect.stringMatching(reason),
  });
  expect(readdirSync(task).filter((name) => !['a', 'student'].includes(name))).toEqual([]);
});

test('a folder without room is reported as one, not as a fault', async () => {
  const slot = await makeSlot();
  await using _ = slot;
  const student = join(slot.root, 'student');
  execFileSync('mount', ['-n', '-t', 'tmpfs', '-o', 'size=64k,mode=0777', 'test', student]);
  try {
    const agent = startAgent('grading', slot);
    await agent.message('ready');
    agent.send({ type: 'files', entries: [['file', 'student/big', 2 ** 18]] });
    agent.sendBytes(FILES, 0, Buffer.alloc(2 ** 18));
    agent.send({ ...aStart });
    expect(await agent.message('files-refused')).toMatchObject({ noSpace: true });
    await agent[Symbol.asyncDispose]();
  } finally {
    execFileSync('umount', [student]);
  }
});
