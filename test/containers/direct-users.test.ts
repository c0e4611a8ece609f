/** A machine that gives no user namespaces: runs go on as one user, and the operator learns it. Needs root. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openHolder } from '../../server/adapters/oci/mount-namespace.ts';
import { createSlotUsers } from '../../server/adapters/oci/slot-users.ts';
import { weaknesses } from '../../server/rules/weaknesses.ts';

test('where none can be made, slots share a user, and the reason is reported once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gradeport-users-'));
  const holder = await openHolder();
  const users = createSlotUsers(
    { ...holder, run: async () => Promise.reject(new Error('mount: permission denied')) },
    { folder: join(folder, 'users'), owner: `none-${process.pid}`, runtimes: new Set(['runc']) },
  );
  try {
    expect(await users.take('runc')).toBeNull();
    expect(await users.take('runc')).toBeNull();
    expect(weaknesses()).toEqual([
      { kind: 'slot-users', why: expect.stringContaining('mount: permission denied') },
    ]);
  } finally {
    users.close();
    holder.close();
    rmSync(folder, { recursive: true });
  }
});
