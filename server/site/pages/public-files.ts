/** Files that a course gives to its students: public/ of a task, $common/public of the course, at INGInious' addresses. */
import { closeSync, createReadStream } from 'node:fs';
import { extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type NextFunction, type Request, type Response, Router } from 'express';
import { openBeneath } from '../../courses/read-beneath.ts';
import type { User } from '../../model/collections.ts';
import { GradeportError } from '../../rules/errors.ts';
import { nameInAddress, shownName } from '../../rules/files/byte-names.ts';
import { actorOf } from '../door/session.ts';
import type { Lookup } from '../requests/find-visible.ts';

type Place = { course: string; task: string };
type PublicFolder = { top: string; names: string[] };

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

/** No link is followed below the top, which is itself none. */
export async function publicFolder(
  lookup: Lookup,
  user: User,
  { course, task }: Place,
): Promise<PublicFolder> {
  const names = ['public'];
  if (task !== '$common') return { top: (await lookup.taskOf(user, course, task)).task.folder, names };
  return { top: join((await lookup.courseOf(user, course)).folder, '$common'), names };
}

export function publicFiles(lookup: Lookup): Router {
  /** The rest of the address is read here: Express refuses names that are not UTF-8. */
  async function send(req: Request<Place>, res: Response, next: NextFunction): Promise<void> {
    const path = req.path.slice(1).split('/').map(nameInAddress);
    if ((req.method !== 'GET' && req.method !== 'HEAD') || path.join('') === '') return next();
    const { top, names } = await publicFolder(lookup, actorOf(res), req.params);
    const file = openBeneath(top, [...names, ...path], MAX_BYTES);
    if (file === null) throw new GradeportError('not-found', 'There is no such file for students.');
    const isUnsent = req.method === 'HEAD' || file.size === 0;
    // In pieces, each read when the reader has taken the one before: a slow reader costs no memory.
    const end = file.size - 1;
    const content = isUnsent ? null : createReadStream('', { fd: file.descriptor, end });
    if (content === null) closeSync(file.descriptor);
    const name = path.at(-1) ?? '';
    const type = SHOWN[extname(name).toLowerCase()];
    if (type === undefined) res.attachment(shownName(name));
    res
      .set('Content-Type', type ?? 'application/octet-stream')
      .set('Cache-Control', 'private, no-cache')
      .set('Content-Length', String(file.size));
    if (content === null) return void res.end();
    await pipeline(content, res).catch((error: unknown) => {
      // The reader went away, or the file became shorter: either way this answer cannot be finished.
      if (!res.destroyed) throw error;
    });
  }

  return Router().use('/course/:course/:task', send);
}
