/** The files, folders and links of a task, in the order in which they can be made. */
import { type Dirent, lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { TaskEntry } from '../../../grading-api/protocol.ts';
import { isRealFolder, taskTooLarge } from './task-files.ts';
import { TASK_BYTES, TASK_FILES } from './workspace.ts';

/** Links come last, so that nothing is written through one. */
export type TaskList = { entries: TaskEntry[]; bytes: number };

const ENTRIES_BETWEEN_BREAKS = 500;

export async function listTask(taskFolder: string): Promise<TaskList> {
  const entries: TaskEntry[] = [];
  const links: TaskEntry[] = [];
  let bytes = 0;
  for await (const entry of walk(taskFolder, '')) {
    (entry[0] === 'link' ? links : entries).push(entry);
    bytes += entry[0] === 'file' ? entry[2] : 0;
    const count = entries.length + links.length;
    if (bytes > TASK_BYTES || count > TASK_FILES) throw taskTooLarge(taskFolder, null, null);
    if (count % ENTRIES_BETWEEN_BREAKS === 0) await setImmediate();
  }
  return { entries: [...entries, ...links], bytes };
}

/** @param below a path in the task's folder, "" for that folder */
async function* walk(taskFolder: string, below: string): AsyncGenerator<TaskEntry> {
  for (const found of readdirSync(join(taskFolder, below), { withFileTypes: true })) {
    const path = below === '' ? found.name : `${below}/${found.name}`;
    const entry = path === STUDENT ? null : entryOf(found, path, join(taskFolder, path));
    if (entry) yield entry;
    if (isWalked(found, path, taskFolder)) yield* walk(taskFolder, path);
  }
}

/** It is there already: its content is the student folder's first content. A link of that name leads outside. */
const STUDENT = 'student';
const isWalked = (found: Dirent, path: string, taskFolder: string): boolean =>
  path === STUDENT ? isRealFolder(join(taskFolder, path)) : found.isDirectory();

function entryOf(found: Dirent, path: string, source: string): TaskEntry | null {
  if (found.isDirectory()) return ['folder', path];
  if (found.isSymbolicLink()) return ['link', path, readlinkSync(source)];
  return found.isFile() ? ['file', path, lstatSync(source).size] : null;
}
