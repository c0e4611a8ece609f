/** The paths of the regular files below an open folder, in no order. No link is followed. */
import { setImmediate } from 'node:timers/promises';
import type { OpenFolder } from './open-folder.ts';

const ENTRIES_BETWEEN_BREAKS = 500;

export async function* filesBelow(top: OpenFolder): AsyncGenerator<string> {
  let seen = 0;
  async function* walk(folder: OpenFolder, below: string): AsyncGenerator<string> {
    for (const entry of folder.entries()) {
      seen += 1;
      if (seen % ENTRIES_BETWEEN_BREAKS === 0) await setImmediate();
      const path = below + entry.name;
      if (entry.isFile()) yield path;
      if (!entry.isDirectory()) continue;
      // It may have become something else meanwhile.
      using inner = folder.folder(entry.name);
      if (inner) yield* walk(inner, `${path}/`);
    }
  }
  yield* walk(top, '');
}
