/** A task on its way into a container that shares no folder with us. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import tar from 'tar-stream';
import { expect, test } from 'vitest';
import { sendTask } from '../../../../../server/execution/slots/places/send-task.ts';
import { machineState } from '../../../../../server/rules/machine-state.ts';
import { afterFailure } from '../../../../../server/worker/after-failure.ts';
import { tempFolder } from '../../../../support/store/temp-folder.ts';

function taskWith(files: Record<string, string | Buffer>): string {
  const folder = tempFolder();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

/** Sends a task; what went as frames, and what the engine was given. */
async function sent(taskFolder: string, putFiles?: (tar: AsyncIterable<unknown>) => Promise<void>) {
  const messages: object[] = [];
  const bytes: Buffer[] = [];
  const names: string[] = [];
  const agent = {
    containerId: 'c',
    send: (message: object) => void messages.push(message),
    sendBytes: (_stream: number, _channel: number, content: Uint8Array) =>
      void bytes.push(Buffer.from(content)),
  };
  const read = async (archive: AsyncIterable<unknown>) => {
    const extract = tar.extract();
    Readable.from(archive).pipe(extract);
    for await (const entry of extract) {
      const { name, uid, mode, type } = entry.header;
      names.push(`${type} ${name} ${uid} ${mode?.toString(8)}`);
      entry.resume();
    }
  };
  const volumes = {
    putFiles: (_id: string, _folder: string, archive: AsyncIterable<unknown>) => (putFiles ?? read)(archive),
  };
  await sendTask(volumes, agent, { taskFolder, studentBytes: 1024 });
  return { messages, content: Buffer.concat(bytes).toString(), names };
}

test('a small one goes as frames: folders before their files, links last, contents in the order of files', async () => {
  const folder = taskWith({ 'a/x': 'xx', 'a/y': '', run: 'run', 'student/s': 's' });
  symlinkSync('run', join(folder, 'a/link'));
  const { messages, content, names } = await sent(folder);
  const [{ entries }] = messages as [{ entries: [string, string, ...unknown[]][] }];
  expect(new Set(entries.map((entry) => entry.join(' ')))).toEqual(
    new Set(['folder a', 'file a/x 2', 'file a/y 0', 'file run 3', 'file student/s 1', 'link a/link run']),
  );
  expect(entries.findIndex(([, path]) => path === 'a')).toBeLessThan(
    entries.findIndex(([, path]) => path === 'a/x'),
  );
  expect(entries.at(-1)).toEqual(['link', 'a/link', 'run']);
  const text: Record<string, string> = { 'a/x': 'xx', run: 'run', 'student/s': 's', 'a/y': '' };
  expect(content).toBe(entries.flatMap(([kind, path]) => (kind === 'file' ? [text[path]] : [])).join(''));
  expect(names).toEqual([]);
});

test('a large one goes through the engine, as files of the grader’s user', async () => {
  const { messages, names } = await sent(taskWith({ big: Buffer.alloc(2 ** 20 + 1), 'student/s': 's' }));
  expect(messages).toEqual([]);
  expect(names.sort()).toEqual(['file big 4242 777', 'file student/s 4242 777']);
});

test('a link in the place of the student folder, and special files, stay out', async () => {
  const folder = taskWith({ run: '' });
  symlinkSync('/etc', join(folder, 'student'));
  const { messages } = await sent(folder);
  expect(messages).toEqual([{ type: 'files', entries: [['file', 'run', 0]] }]);
});

test('an engine without room is a sentence for the teacher where the task is larger than its folders', async () => {
  const sentBy = (files: Record<string, Buffer>) =>
    sent(taskWith(files), async () => Promise.reject(new Error('write big: no space left on device')));
  await expect(sentBy({ 'student/big': Buffer.alloc(2 ** 20 + 1) })).rejects.toMatchObject({
    code: 'conflict',
  });
  const fault = await sentBy({ big: Buffer.alloc(2 ** 20 + 1) }).catch((error: unknown) => error);
  expect(machineState(fault)).toBe('A disk is full, or has no room for more files.');
});

test('any other failure of the engine is passed on', async () => {
  const folder = taskWith({ big: Buffer.alloc(2 ** 20 + 1) });
  const failing = sent(folder, async () => Promise.reject(new Error('connection reset')));
  await expect(failing).rejects.toThrow('connection reset');
});

test('a folder that is away for a moment is looked for again', async () => {
  const fault = await sent(join(tempFolder(), 'gone')).catch((error: unknown) => error);
  expect(afterFailure({ failures: 0 }, fault, { alone: 0, waitedMs: 0 })).toMatchObject({
    next: 'try again',
  });
});
