/**
 * The server, and all samples of the demo, as on a Mac: no /proc, cgroups, mounts, root or shared disk; the engine is
 * elsewhere, behind TLS. test/engines/other-systems.test.ts is the short form.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { PROJECT_FOLDER } from '../../server/config/config.ts';
import { buildClient } from '../../web/build.ts';
import { signIn, submitTo } from '../support/api.ts';
import { openOtherSystem, whyNoOtherSystem } from '../support/other-system.ts';
import { folderOfUser } from '../support/other-user.ts';

if (whyNoOtherSystem !== null) console.warn(`The test of other systems is skipped: ${whyNoOtherSystem}.`);

const BIN = join(PROJECT_FOLDER, 'bin/gradeport.mjs');
const LONG = `a folder with blanks ${'long '.repeat(26)}end`;
const NAMES = [
  'debian:12',
  'base:latest',
  'default:latest',
  'c:latest',
  'java:latest',
  'sandbox-root:latest',
];
const run = z.object({ state: z.string(), verdict: z.unknown() }).loose();

test.skipIf(whyNoOtherSystem !== null)(
  'the demo grades as it must, the server grades what comes over HTTP, and its death leaves no container',
  async () => {
    await buildClient({ outFolder: join(PROJECT_FOLDER, 'web/dist') });
    const place = folderOfUser(LONG);
    const images = NAMES.map((name) => `gradeport/${name}`);
    await using system = await openOtherSystem(images, place, [PROJECT_FOLDER]);
    const setUp = await system.run([process.execPath, BIN, 'serve', '--demo', '--setup-only']);
    expect(setUp.code, setUp.stderr).toBe(0);
    expect(setUp.stderr).toMatch(/Self-check: \d\d samples got the verdict they must get/);

    const server = system.start([process.execPath, BIN, 'serve', '--port', '0']);
    onTestFinished(() => void server.kill('SIGKILL'));
    const url = await addressOf(server.stderr);
    const [, password = ''] =
      /student +(\S+)/.exec(readFileSync(join(place, 'data/first-sign-in.txt'), 'utf8')) ?? [];
    const student = await signIn(url, 'student', password);
    const answer = 'def total(numbers):\n    return sum(numbers)\n';
    const id = await submitTo(student, 'python-sum', { code: answer });
    await expect
      .poll(async () => run.parse((await student.get(`/api/runs/${id}`)).body).state, { timeout: 60_000 })
      .toBe('done');
    expect(run.parse((await student.get(`/api/runs/${id}`)).body)).toMatchObject({ verdict: 'success' });

    server.kill('SIGKILL');
    const containers = () => execFileSync('docker', ['-H', system.engine, 'ps', '-q'], { encoding: 'utf8' });
    await expect.poll(containers, { timeout: 10_000 }).toBe('');
  },
  900_000,
);

function addressOf(talk: NodeJS.ReadableStream | null): Promise<string> {
  let said = '';
  return new Promise((resolve, reject) => {
    talk?.on('data', (chunk) => {
      said += String(chunk);
      const [, url] = /ready: (http\S+)/.exec(said) ?? [];
      if (url) resolve(url);
    });
    talk?.once('end', () => reject(new Error(`the server ended: ${said}`)));
  });
}
