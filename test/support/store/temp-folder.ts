/** A folder that is gone after the test, and stores in it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openSqliteStore, type SqliteOptions } from '../../../server/adapters/sqlite/open.ts';
import type { Store } from '../../../server/ports/store.ts';

export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gradeport-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export async function tempStore(folder = tempFolder(), options: SqliteOptions = {}): Promise<Store> {
  const store = await openSqliteStore(folder, options);
  onTestFinished(() => store.close());
  return store;
}
