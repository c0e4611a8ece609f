/** Files that a course gives to its students: public/ of a task, $common/public of the course, at INGInious' addresses. */
import { extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Request, type Response, Router } from 'express';
import { openBeneath } from '../../courses/open-beneath.ts';
import { GradeportError } from '../../rules/errors.ts';
import { actorOf } from '../door/session.ts';
import type { Lookup } from '../requests/find-visible.ts';

type Place = { course: string; task: string; path: string[] };

/** Larger data belongs on a file server. */
const MAX_BYTES = 64 * 2 ** 20;

/** Only types that cannot carry a program are displayed; all others (HTML, SVG, unknown types) are downloads. */
const SHOWN: Record<string, string> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.pdf': 'application/pdf',
  '.txt': 'text/plain; charset=utf-8',
  '.csv': 'text/plain; charset=utf-8',
};

export function publicFiles(lookup: Lookup): Router {
  async function folderOf(res: Response, { course, task }: Place): Promise<string> {
    const user = actorOf(res);
    if (task === '$common') return join((await lookup.courseOf(user, course)).folder, '$common', 'public');
    return join((await lookup.taskOf(user, course, task)).task.folder, 'public');
  }

  async function send(req: Request<Place>, res: Response): Promise<void> {
    const folder = await folderOf(res, req.params);
    const { path } = req.params;
    const file = await openBeneath(folder, path, MAX_BYTES);
    if (file === null) throw new GradeportError('not-found', 'There is no such file for students.');
    await using handle = file.handle;
    const name = path.at(-1) ?? '';
    const type = SHOWN[extname(name).toLowerCase()];
    if (type === undefined) res.attachment(name);
    res
      .set('Content-Type', type ?? 'application/octet-stream')
      .set('Cache-Control', 'private, no-cache')
      .set('Content-Length', String(file.size));
    if (req.method === 'HEAD' || file.size === 0) return void res.end();
    // In pieces, each read when the reader has taken the one before: a slow reader costs no memory.
    const content = handle.createReadStream({ end: file.size - 1, autoClose: false });
    await pipeline(content, res).catch((error: unknown) => {
      // The reader went away, or the file became shorter: either way this answer cannot be finished.
      if (!res.destroyed) throw error;
    });
  }

  return Router().get('/course/:course/:task/*path', send);
}
