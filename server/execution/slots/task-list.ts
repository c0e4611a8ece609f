/** The files, folders and links of a task, in the order in which they can be made. */
import { setImmediate } from 'node:timers/promises';
import type { TaskEntry } from '../../../grading-api/protocol.ts';
import { type FolderEntry, type OpenFolder, openFolder } from '../../rules/files/open-folder.ts';
import { TASK_BYTES, TASK_FILES } from './places/workspace.ts';
import { away, changing, taskTooLarge } from './task-files.ts';

/** Links come last, so that nothing is written through one. */
export type TaskList = { entries: TaskEntry[]; bytes: number };

const ENTRIES_BETWEEN_BREAKS = 500;

/** A block of a file system in memory: a file takes whole ones. */
const BLOCK_BYTES = 4096;

/** Whether the task's folders have room for it; if they have and it did not fit, the machine is at fault. */
export function fits({ entries }: TaskList, studentBytes: number): boolean {
  const taken = (isCounted: (path: string) => boolean): number =>
    entries
      .filter(([, path]) => isCounted(path))
      .reduce(
        (sum, entry) => sum + BLOCK_BYTES * (entry[0] === 'file' ? Math.ceil(entry[2] / BLOCK_BYTES) : 1),
        0,
      );
  const isStudents = (path: string) => path.startsWith(`${STUDENT}/`);
  return taken(isStudents) <= studentBytes && taken((path) => !isStudents(path)) <= TASK_BYTES;
}

/** No link is followed. */
export async function listTask(taskFolder: string): Promise<TaskList> {
  using task = openFolder(taskFolder);
  if (task === null) throw away();
  const entries: TaskEntry[] = [];
  const links: TaskEntry[] = [];
  let bytes = 0;
  for await (const entry of walk(task, '')) {
    (entry[0] === 'link' ? links : entries).push(entry);
    bytes += entry[0] === 'file' ? entry[2] : 0;
    const count = entries.length + links.length;
    if (bytes > TASK_BYTES || count > TASK_FILES) throw taskTooLarge(taskFolder, null, null);
    if (count % ENTRIES_BETWEEN_BREAKS === 0) await setImmediate();
  }
  return { entries: [...entries, ...links], bytes };
}

/** @param below the path of the folder in the task's, "" for that folder */
async function* walk(folder: OpenFolder, below: string): AsyncGenerator<TaskEntry> {
  for (const found of folder.entries()) {
    const path = below === '' ? found.name : `${below}/${found.name}`;
    const entry = path === STUDENT ? null : entryOf(found, path, folder);
    if (entry) yield entry;
    if (!found.isDirectory()) continue;
    using inner = folder.folder(found.name);
    if (inner === null) throw changing();
    yield* walk(inner, path);
  }
}

/** It is there already: its content is the student folder's first content. A link of that name leads outside. */
const STUDENT = 'student';

function entryOf(found: FolderEntry, path: string, folder: OpenFolder): TaskEntry | null {
  if (found.isDirectory()) return ['folder', path];
  if (found.isSymbolicLink()) return ['link', path, folder.link(found.name) ?? ''];
  return found.isFile() ? ['file', path, folder.look(found.name)?.size ?? 0] : null;
}
