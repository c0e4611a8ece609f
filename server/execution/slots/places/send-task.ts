/**
 * Lays a task's files out in a container that shares no folder with us. A few small files go as frames of the agent's
 * stream, which takes a millisecond. More go through the engine, which takes fifty: it writes them itself, and so they do
 * not count as memory of the grader.
 */
import tar from 'tar-stream';
import { FILES } from '../../../../grading-api/protocol.ts';
import { WORKER_UID } from '../../../environments/discovery/runs-as.ts';
import type { Volumes } from '../../../ports/engine/volumes.ts';
import { fileBeneath, openFolder } from '../../../rules/files/open-folder.ts';
import { readOpen } from '../../../rules/files/read-open.ts';
import { packEntry } from '../../../rules/files/tar-names.ts';
import type { AgentLink } from '../../agent/agent-link.ts';
import { changing, taskTooLarge } from '../task-files.ts';
import { fits, listTask, type TaskList } from '../task-list.ts';

const MOST_BYTES_IN_FRAMES = 1024 * 1024;
const MOST_ENTRIES_IN_FRAMES = 1000;
const FRAME_BYTES = 256 * 1024;

type Agent = Pick<AgentLink<unknown>, 'containerId' | 'send' | 'sendBytes'>;
type Filling = { taskFolder: string; studentBytes: number };

export async function sendTask(
  volumes: Pick<Volumes, 'putFiles'>,
  agent: Agent,
  filling: Filling,
): Promise<void> {
  const { taskFolder, studentBytes } = filling;
  const list = await listTask(taskFolder);
  if (list.bytes <= MOST_BYTES_IN_FRAMES && list.entries.length <= MOST_ENTRIES_IN_FRAMES)
    return await sendFrames(agent, taskFolder, list);
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});
  const pack = tar.pack();
  packAll(pack, taskFolder, list).catch(failed.reject);
  try {
    await Promise.race([failed.promise, volumes.putFiles(agent.containerId, '/task', pack)]);
  } catch (error) {
    const isFull = error instanceof Error && /no space left|disk quota/i.test(error.message);
    throw isFull && !fits(list, studentBytes) ? taskTooLarge(taskFolder, studentBytes, error) : error;
  }
}

async function sendFrames(agent: Agent, taskFolder: string, { entries }: TaskList): Promise<void> {
  agent.send({ type: 'files', entries });
  for (const entry of entries) {
    const content = entry[0] === 'file' ? await contentOf(taskFolder, entry[1], entry[2]) : NOTHING;
    for (let at = 0; at < content.length; at += FRAME_BYTES)
      agent.sendBytes(FILES, 0, content.subarray(at, at + FRAME_BYTES));
  }
}

const NOTHING = Buffer.alloc(0);

/** The list was bounded, and a file that has grown since may not be. */
async function contentOf(taskFolder: string, path: string, size: number): Promise<Buffer> {
  using task = openFolder(taskFolder);
  const file = task && fileBeneath(task, path.split('/'));
  const content = file === null ? null : await readOpen(file, (info) => info.size === size);
  if (content === null) throw changing();
  return content.subarray(0, size);
}

/** The grader may change and run every file of its copy, as in INGInious. */
const OF_GRADER = { uid: WORKER_UID, gid: WORKER_UID, mode: 0o777 };

async function packAll(pack: tar.Pack, taskFolder: string, { entries }: TaskList): Promise<void> {
  for (const entry of entries) {
    const header = { ...OF_GRADER, name: entry[1] };
    if (entry[0] === 'folder') packEntry(pack, { ...header, type: 'directory' });
    else if (entry[0] === 'link') packEntry(pack, { ...header, type: 'symlink', linkname: entry[2] });
    else await packed(pack, header, await contentOf(taskFolder, entry[1], entry[2]));
  }
  pack.finalize();
}

/** Waits until the engine has taken it: a task may be larger than what we want to keep in memory. */
const packed = (
  pack: tar.Pack,
  header: Pick<tar.Header, 'name' | 'uid' | 'gid' | 'mode'>,
  content: Buffer,
): Promise<void> =>
  new Promise((resolve, reject) => {
    packEntry(pack, header, content, (error) => (error ? reject(error) : resolve()));
  });
