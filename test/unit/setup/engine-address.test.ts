/** What set-up does where an address is configured: it uses that engine, or says what to start, and installs none. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { PROJECT_FOLDER } from '../../../server/config/config.ts';

const folder = mkdtempSync(join(tmpdir(), 'gradeport-set-up-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function engine(verb: string, env: Record<string, string>) {
  const script = join(PROJECT_FOLDER, 'setup/engine-cli.mjs');
  // Without the commands of this machine nothing could be installed, whatever else goes wrong.
  const options = { env: { PATH: folder, HOME: folder, DOCKER_CONFIG: folder, ...env } };
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [script, verb], options);
    return { code: 0, said: stdout };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, said: stdout + stderr };
  }
}

test.each([
  ['DOCKER_HOST', 'unix:///nowhere.sock', 'there is no socket unix:///nowhere.sock (DOCKER_HOST)'],
  ['DOCKER_HOST', 'tcp://127.0.0.1:1', 'nothing listens on tcp://127.0.0.1:1 (DOCKER_HOST)'],
  ['DOCKER_HOST', 'fd://3', 'begins with something that Gradeport does not know'],
  ['DOCKER_CONTEXT', 'gone', 'There is no context "gone" (DOCKER_CONTEXT)'],
])('%s=%s, where no engine answers, ends it with what to start', async (name, value, said) => {
  for (const verb of ['start', 'status']) {
    const result = await engine(verb, { [name]: value });
    expect(result.code).toBe(1);
    expect(result.said).toContain(said);
    expect(result.said).toContain('next: ');
    expect(result.said).not.toMatch(/install/i);
  }
});
