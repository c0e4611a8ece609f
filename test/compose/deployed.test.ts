/**
 * docker-compose.yml from a clean clone, as a university runs it: an environment by docker build, a student's browser in
 * front of the proxy, a server and a database that are killed under a run, and a stop with all data still there.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { composeCommands, whyNoCompose } from '../../setup/compose.mjs';
import { type Account, DESKTOP, openBrowser, type Visit, visit } from '../support/browser/browser.ts';
import { submit, verdict } from '../support/browser/run.ts';
import { cleanClone } from '../support/compose/clean-clone.ts';
import { addTask, dockerfile, PROBLEM, TASK } from '../support/compose/course.ts';
import { installationOf, removeLeftovers } from '../support/compose/leftovers.ts';
import { freePort, openProject, type Project } from '../support/compose/project.ts';
import { mustRun } from '../support/compose/run.ts';
import { buildNode, buildProxy, mongoImage, removeImages, testImage } from '../support/compose/stand-ins.ts';

const [compose] = composeCommands();
const why = compose ? '' : ` (no Compose here: ${whyNoCompose() || 'npm test installs it'})`;
/** Node is 126 MB of them, Debian 70; a server that needs more than this has taken something in that it does not run on. */
const MOST_MB = 300;

describe.skipIf(!compose)(`docker compose up${why}`, () => {
  const folder = compose ? mkdtempSync(join(tmpdir(), 'gradeport-compose-')) : '';
  const environment = `gradeport-test-${process.pid}-deployed`;
  const images = ['node', 'mongo', 'proxy', 'server', 'deployed'].map(testImage);
  let project: Project;
  let browser: Browser;
  let url = '';
  let accounts: Account[] = [];

  beforeAll(async () => {
    if (!compose) return;
    const clone = join(folder, 'clone');
    const [port, http, https] = await Promise.all([freePort(), freePort(), freePort()]);
    url = `https://localhost:${https}`;
    await cleanClone(clone);
    project = openProject(compose, clone, {
      GRADEPORT_IMAGE: testImage('server'),
      NODE_IMAGE: await buildNode(),
      BASE_IMAGE: 'gradeport/debian:12',
      MONGO_IMAGE: await mongoImage(),
      PROXY_IMAGE: await buildProxy(),
      GRADEPORT_PORT: port,
      GRADEPORT_PUBLIC_URL: url,
      HTTP_PORT: http,
      HTTPS_PORT: https,
      GRADEPORT_CONCURRENCY: '2',
    });
    browser = await openBrowser();
    await timed('image', () => project.compose('build'));
    await timed('first start', () => up());
    await project.healthy('proxy');
    accounts = accountsIn(await project.logs('server'));
  });
  afterAll(async () => {
    await browser?.close();
    const id = await installationOf(project);
    await project?.[Symbol.asyncDispose]();
    await removeLeftovers(id);
    await removeImages(...images);
    rmSync(folder, { recursive: true, force: true });
  });

  const up = async () => {
    const { code, stderr } = await project.tryCompose('--profile', 'tls', 'up', '-d');
    if (code !== 0) throw new Error(`${stderr.slice(-2000)}\n${(await project.logs('server')).slice(-6000)}`);
  };
  const student = (): Promise<Visit> => {
    const account = accounts.find(({ name }) => name === 'student');
    if (!account) throw new Error('The first start printed no student.');
    return visit(browser, url, account, { ...DESKTOP, ignoreHTTPSErrors: true });
  };

  test('brings a server with accounts, in a small image, without an edit', async () => {
    expect(accounts.map(({ name }) => name)).toEqual(['operator', 'teacher', 'student', 'student2']);
    const format = '{{.Size}}';
    const bytes = Number(
      await mustRun('docker', ['image', 'inspect', '--format', format, testImage('server')]),
    );
    console.log(`image of the server: ${Math.round(bytes / 1e6)} MB`);
    expect(bytes / 1e6).toBeLessThan(MOST_MB);
  });

  test('runs without root and without rights, on files that it cannot change', async () => {
    const status = await project.sh('cat /proc/1/status');
    expect(status).toMatch(/^Uid:\s+10001\s+10001\s+10001\s+10001$/m);
    expect(status).toMatch(/^CapEff:\s+0+$/m);
    expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
    await expect(project.sh('touch /opt/gradeport/x')).rejects.toThrow(/Read-only file system/);
    const mounts = await project.sh('cut -d" " -f2 /proc/mounts');
    expect(
      mounts.split('\n').filter((path) => /^\/(home|root|etc\/(?!hosts|hostname|resolv)|work)/.test(path)),
    ).toEqual([]);
  });

  test('an environment that docker build makes grades for a student behind the proxy', async () => {
    const context = join(folder, 'environment');
    mkdirSync(context);
    writeFileSync(join(context, 'Dockerfile'), dockerfile(environment));
    await mustRun('docker', ['build', '--quiet', '--tag', testImage('deployed'), context]);
    await project.sh(addTask(environment));
    const { context: window, page, complaints } = await student();
    await submit(page, TASK, PROBLEM, 'over TLS');
    await page.getByText(`grading in ${environment}`).waitFor();
    await verdict(page, 'Success').waitFor();
    await page.locator('#feedback').getByText('Graded over TLS.').waitFor();
    await window.close();
    expect(complaints).toEqual([]);
  });

  test.each(['server', 'mongo'] as const)(
    'a %s that is killed under a run costs no student an attempt',
    async (service) => {
      const { context, page } = await student();
      await submit(page, TASK, PROBLEM, `before the ${service} was killed`);
      await page.getByText(`grading in ${environment}`).waitFor();
      await killFromOutside(await project.container(service));
      await project.healthy(service);
      await project.healthy('server');
      await verdict(page, 'Success').waitFor();
      await page.locator('#feedback').getByText(`Graded before the ${service} was killed.`).waitFor();
      await context.close();
    },
  );

  test('down and up: the data is there, and the accounts are not printed again', async () => {
    await project.compose('--profile', 'tls', 'down');
    await timed('second start', () => up());
    await project.healthy('proxy');
    expect(accountsIn(await project.logs('server'))).toEqual([]);
    const { context, page } = await student();
    await page.goto('/courses/demo');
    await page.locator('.task-rows li', { hasText: 'Deployed' }).getByText('Solved').waitFor();
    await context.close();
    expect(await project.gradeport('store', 'check')).toBeDefined();
  });
});

/** "  student    abc123" below the line that begins the list. */
function accountsIn(log: string): Account[] {
  const list = /Sign in with one of these.*\n((?: {2}\S+ +\S+\n)+)/.exec(log)?.[1] ?? '';
  return [...list.matchAll(/^ {2}(\S+) +(\S+)$/gm)].map(([, name = '', password = '']) => ({
    name,
    password,
  }));
}

/** The engine takes its own kill for a wish to stop, and does not start the container again; a crash is something else. */
async function killFromOutside(container: string): Promise<void> {
  const pid = (await mustRun('docker', ['inspect', '--format', '{{.State.Pid}}', container])).trim();
  await mustRun('docker', [
    'run',
    '--rm',
    '--pid',
    'host',
    'gradeport/debian:12',
    'sh',
    '-c',
    `kill -9 ${pid}`,
  ]);
}

async function timed(what: string, work: () => Promise<unknown>): Promise<void> {
  const begun = performance.now();
  await work();
  console.log(`${what}: ${((performance.now() - begun) / 1000).toFixed(0)} s`);
}
