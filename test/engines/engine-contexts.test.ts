/** The contexts of Docker's command line, as a server and commands meet them: good, missing, damaged, and repaired. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { chooseAddress } from '../../server/adapters/engine-address/choose-address.mjs';
import { cli, serve } from '../support/processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'gradeport-contexts-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = ['--data', join(folder, 'data')];
const config = join(folder, 'docker');
const env = { DOCKER_CONFIG: config, DOCKER_HOST: '', DOCKER_CONTEXT: '' };

const file = join(config, 'contexts/meta', createHash('sha256').update('lab').digest('hex'), 'meta.json');
function write(path: string, content: unknown): void {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, JSON.stringify(content));
}
const choose = () => write(join(config, 'config.json'), { currentContext: 'lab' });
const context = (Host: string) => write(file, { Name: 'lab', Endpoints: { docker: { Host } } });

test('a command follows the current context, and DOCKER_HOST comes before it', async () => {
  choose();
  context('unix:///nowhere.sock');
  const { code, stderr } = await cli(['env', 'list', ...at], { env });
  expect(code).toBe(5);
  expect(stderr).toContain(`no socket unix:///nowhere.sock (the context "lab" (${config}/config.json))`);
  expect(stderr).toContain('docker context use default');
  const host = chooseAddress().shown;
  const before = await cli(['env', 'list', '--json', ...at], { env: { ...env, DOCKER_HOST: host } });
  expect(before.code, before.stderr).toBe(0);
});

test('a server starts without its context, says what is wrong, and grades once that is repaired', async () => {
  choose();
  write(file, { Name: 'lab', Endpoints: {} });
  await using server = await serve([...at, '--port', '0', '--log-level', 'silent'], { env });
  const health = async () => (await fetch(new URL('/healthz', server.url))).json();
  expect(await health()).toMatchObject({ engine: false });
  context(chooseAddress().shown);
  await expect.poll(health, { timeout: 20_000, interval: 50 }).toMatchObject({ engine: true });
  expect(await server.end('SIGTERM')).toBe(0);
});
