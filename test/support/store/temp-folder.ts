/** A folder that is gone after the test, and stores in it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { openSqliteStore, type SqliteOptions } from '../../../server/adapters/sqlite/open.ts';
import type { Store } from '../../../server/ports/store.ts';

/** Its name says which file made it, for the test of what is left behind. */
export function tempFolder(): string {
  const file = basename(expect.getState().testPath ?? '', '.test.ts');
  const folder = mkdtempSync(join(tmpdir(), `gradeport-store-${file}-`));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export async function tempStore(folder = tempFolder(), options: SqliteOptions = {}): Promise<Store> {
  const store = await openSqliteStore(folder, options);
  onTestFinished(() => store.close());
  return store;
}
