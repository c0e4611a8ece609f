/** A machine that gives no user namespaces: runs go on as one user, and the operator learns it. Needs root. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openHolder } from '../../server/adapters/oci/mount-namespace.ts';
import { createSlotUsers } from '../../server/adapters/oci/slot-users.ts';
import { USUAL_USERS } from '../../server/adapters/oci/taken-users.ts';
import { weaknesses } from '../../server/rules/weaknesses.ts';

test('where none can be made, slots share a user, and the reason is reported once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gradeport-users-'));
  const holder = await openHolder();
  const users = createSlotUsers(
    { ...holder, run: async () => Promise.reject(new Error('mount: permission denied')) },
    {
      folder: join(folder, 'users'),
      owner: `none-${process.pid}`,
      runtimes: new Set(['runc']),
      range: USUAL_USERS,
    },
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

test('where someone else has the numbers, slots share a user; other numbers are used', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gradeport-users-'));
  const holder = await openHolder();
  const means = { owner: `taken-${process.pid}`, runtimes: new Set(['runc']) };
  const asked = { first: 1_800_000_000, slots: 2 };
  const taken = createSlotUsers(
    holder,
    { ...means, folder: join(folder, 'taken'), range: asked },
    () => 'ada is user 1800000001 (/etc/passwd)',
  );
  const free = createSlotUsers(holder, { ...means, folder: join(folder, 'free'), range: asked }, () => null);
  try {
    expect(await taken.take('runc')).toBeNull();
    const both = [await free.take('runc'), await free.take('runc')];
    expect(both.map((one) => one?.uid)).toEqual([1_800_000_000, 1_800_000_002]);
    await expect(free.take('runc')).rejects.toThrow('All 2 users for slots');
  } finally {
    taken.close();
    free.close();
    holder.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
