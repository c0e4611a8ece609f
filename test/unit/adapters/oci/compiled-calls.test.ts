/** The list of system calls is compiled once for each runtime that can take it compiled. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createCompiledCalls } from '../../../../server/adapters/oci/compiled-calls.ts';

const CRUN = '/usr/bin/crun';
const states = mkdtempSync(join(tmpdir(), 'gradeport-calls-'));
afterAll(() => rmSync(states, { recursive: true }));

const compiled = (id: string, program: Buffer) => {
  mkdirSync(join(states, id));
  writeFileSync(join(states, id, 'seccomp.bpf'), program);
};
compiled('whole', Buffer.alloc(16, 1));
compiled('other', Buffer.alloc(24, 2));
compiled('empty', Buffer.alloc(0));
compiled('torn', Buffer.alloc(15, 1));
compiled('long', Buffer.alloc(8 * 4097, 1));

const learned = async (runtime: string, ...ids: string[]) => {
  const calls = createCompiledCalls(states);
  for (const id of ids) await calls.learn(runtime, id);
  return calls.of(runtime);
};

describe('the compiled list of system calls', () => {
  test('is the first one that crun wrote', async () => {
    expect(await learned(CRUN, 'whole', 'other')).toBe(Buffer.alloc(16, 1).toString('base64'));
  });

  test.each(['none', 'empty', 'torn', 'long'])('is not what is no program: %s', async (id) => {
    expect(await learned(CRUN, id)).toBeNull();
    expect(await learned(CRUN, id, 'whole')).not.toBeNull();
  });

  test('is nothing that runc could take', async () => {
    expect(await learned('/usr/bin/runc', 'whole')).toBeNull();
  });
});
