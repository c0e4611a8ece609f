import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench } from '../context.ts';

/** Makes a temporary folder on the measured disk. */
export async function makeFolder(bench: Pick<Bench, 'folder'>): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(bench.folder, 'gradeport-bench-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
