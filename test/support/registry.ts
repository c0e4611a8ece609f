/** Debian's docker-registry on loopback, with a user and a password; everything of it goes with it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureRegistry } from '../../setup/registry.mjs';
import { freePort } from './free-port.ts';

const PROGRAM = process.env['DOCKER_REGISTRY'] || '/usr/bin/docker-registry';
export const LOGIN = { user: 'ann', password: 'right horse' };
/** The same password, as htpasswd writes it (bcrypt, cost 5). */
const HTPASSWD = `${LOGIN.user}:$2b$05$gradeporttestgradeporeSTejPNvFD1nsgGCDCInTXz7NlTvObfe\n`;
const READY_MS = 20_000;

export type TestRegistry = { host: string; close(): Promise<void> };

export async function openRegistry(): Promise<TestRegistry> {
  await ensureRegistry(() => {});
  if (!existsSync(PROGRAM)) throw new Error(`there is no ${PROGRAM}`);
  const folder = mkdtempSync(join(tmpdir(), 'gradeport-registry-'));
  const port = await freePort();
  writeFileSync(join(folder, 'htpasswd'), HTPASSWD);
  writeFileSync(join(folder, 'config.yml'), configFor(folder, port));
  const child = spawn(PROGRAM, ['serve', join(folder, 'config.yml')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said = collect(child);
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const close = async () => {
    child.kill('SIGKILL');
    await gone;
    rmSync(folder, { recursive: true });
  };
  const host = `127.0.0.1:${port}`;
  try {
    await untilReady(host, child);
    return { host, close };
  } catch (error) {
    await close();
    throw new Error(`the registry does not start: ${said()}`, { cause: error });
  }
}

const configFor = (folder: string, port: number): string => `version: 0.1
log: { level: error }
storage:
  filesystem: { rootdirectory: ${folder}/images }
  delete: { enabled: true }
http: { addr: "127.0.0.1:${port}" }
auth:
  htpasswd: { realm: test, path: ${folder}/htpasswd }
`;

function collect(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.on('data', (chunk) => {
    text = (text + String(chunk)).slice(-4000);
  });
  return () => text;
}

async function untilReady(host: string, child: ChildProcess): Promise<void> {
  const until = performance.now() + READY_MS;
  for (;;) {
    const status = await fetch(`http://${host}/v2/`).then(
      (answer) => answer.status,
      () => null,
    );
    if (status === 401) return;
    if (child.exitCode !== null || performance.now() > until) throw new Error(`it answers ${status}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
