/** Folders of ssh that a killed process left, in a temporary folder where other users make folders, too. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { makeSocketFolder } from '../../../../../server/adapters/engine-address/ssh/ssh-folder.mjs';
import { tempFolder } from '../../../../support/store/temp-folder.ts';

afterEach(() => void vi.unstubAllEnvs());

/** A folder with a socket at which nobody listens. */
function leave(parent: string, name: string): string {
  const folder = join(parent, `gradeport-ssh-${name}`);
  mkdirSync(folder, { mode: 0o700 });
  const bind =
    'import socket,sys,os\nos.chdir(sys.argv[1])\nsocket.socket(socket.AF_UNIX).bind("engine.sock")';
  execFileSync('python3', ['-c', bind, folder]);
  return folder;
}

test.runIf(process.getuid?.() === 0)('only our own are removed, and nothing behind a link', async () => {
  const parent = tempFolder();
  vi.stubEnv('XDG_RUNTIME_DIR', parent);
  const elsewhere = leave(tempFolder(), 'elsewhere');
  const theirs = leave(parent, '0');
  writeFileSync(join(theirs, 'file'), '');
  chownSync(theirs, 4242, 4242);
  const open = leave(parent, '1');
  chmodSync(open, 0o777);
  symlinkSync(elsewhere, join(parent, 'gradeport-ssh-2'));
  const full = leave(parent, '3');
  mkdirSync(join(full, 'folder'));
  const own = leave(parent, '4');
  const made = makeSocketFolder();
  try {
    await vi.waitFor(() => expect(existsSync(own)).toBe(false));
    expect(readdirSync(theirs).sort()).toEqual(['engine.sock', 'file']);
    for (const folder of [open, elsewhere]) expect(readdirSync(folder)).toEqual(['engine.sock']);
    expect(existsSync(full)).toBe(true);
  } finally {
    made.remove();
  }
  expect(existsSync(dirname(made.path))).toBe(false);
});
