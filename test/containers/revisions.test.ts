/** An update that would change a grade, from `docker build` to rolling back: real images, samples, server and commands. */
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { keptName, shortDigest } from '../../server/environments/revisions/images/revision-tags.ts';
import type { Revision } from '../../server/environments/revisions/port.ts';
import { type ApiUser, signIn } from '../support/api.ts';
import { cli } from '../support/processes.ts';
import { GRADER, revisionImages, taskYaml, writeFiles } from '../support/revision-images.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const NAME = `rev-${process.pid}`;
const TASK = 'demo/ask';
const images = revisionImages(NAME);
let server: TestServer;
/** Another installation on this engine, as where somebody runs npm start: it sees and keeps the same images. */
let other: TestServer;
let operator: ApiUser;
let data: string;
/** v1 and v3 give 100 %, v2 gives 50 %. */
let [v1, v2, v3] = ['', '', ''];

beforeAll(async () => {
  server = await startTestServer();
  other = await startTestServer();
  data = dirname(server.courses);
  const { name, password } = server.accounts.operator;
  operator = await signIn(server.url, name, password);
  writeFiles(join(server.courses, TASK), {
    run: GRADER,
    'task.yaml': taskYaml(NAME),
    'samples/any.yaml':
      'answers: { code: x }\nexpect: { verdict: success, grade: 100, text: The image says 100. }\n',
  });
});
afterAll(async () => {
  await server?.close();
  await other?.close();
  await images[Symbol.asyncDispose]();
});

const within = (ms: number, check: () => Promise<void>) => vi.waitFor(check, { timeout: ms, interval: 20 });
const env = (...args: string[]) => cli(['env', ...args, '--data', data]);

async function history(): Promise<Revision[]> {
  const { body } = await operator.get(`/api/environments/${NAME}/revisions`);
  return body as Revision[];
}
async function current(): Promise<string> {
  const { body } = await operator.get(`/api/environments/${NAME}`);
  return (body as { digest: string }).digest;
}

/** Hands in and tells who graded it, and how. */
async function grade(): Promise<{ digest: string; grade: number }> {
  const { body, status } = await operator.post(`/api/courses/demo/tasks/ask/submissions`, {
    answers: { code: 'x' },
  });
  expect(status, JSON.stringify(body)).toBe(202);
  const { run } = body as { run: string };
  let found: { state: string; grade: number } | undefined;
  await within(30_000, async () => {
    found = (await operator.get(`/api/runs/${run}`)).body as typeof found;
    expect(found).toMatchObject({ state: 'done' });
  });
  const stored = await server.store.runs.get(run);
  return { digest: stored?.environment?.digest ?? '', grade: stored?.outcome?.grade ?? -1 };
}

describe('an update under a known name', () => {
  test('the first image grades as soon as it is there', async () => {
    v1 = await images.build(100);
    await within(2000, async () => expect(await current()).toBe(v1));
    expect(await grade()).toEqual({ digest: v1, grade: 100 });
  });

  test('one that changes a grade is held back, with the change beside it, and the old one grades on', async () => {
    v2 = await images.build(50);
    await within(60_000, async () =>
      expect((await history())[0]).toMatchObject({ digest: v2, state: 'held' }),
    );
    expect((await history())[0]?.test).toMatchObject({
      runtime: 'crun',
      passed: false,
      cases: [
        {
          task: { course: 'demo', task: 'ask' },
          sample: 'any',
          verdict: 'failed',
          grade: 50,
          before: { verdict: 'success', grade: 100 },
        },
      ],
    });
    expect(await grade()).toEqual({ digest: v1, grade: 100 });
    // Other installations on this engine may keep it, too.
    const tags = await images.tagsOf(v1);
    expect(tags).toContain(keptName(NAME, v1, server.installation));
    expect(tags).not.toContain(images.tag);
    const { code, stdout, stderr } = await env('history', NAME);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`held +${shortDigest(v2)}`));
    expect(stdout).toContain('- success (100 %)');
    expect(stderr).toContain('is held back');
    const runs = await env('history', NAME, '--runs', shortDigest(v1), '--json');
    expect(JSON.parse(runs.stdout)).toMatchObject([
      { course: 'demo', task: 'ask', grade: 100 },
      { course: 'demo', task: 'ask', grade: 100 },
    ]);
  });

  test('commands on images take the one that grades, not the one that is held back', async () => {
    const { code, stdout } = await env('layers', NAME);
    expect(code).toBe(0);
    expect(stdout).toContain('echo 100 > /grade');
    expect(stdout).not.toContain('echo 50 > /grade');
  });

  test('promote refuses it, and takes it with --force; the running server notices within a second', async () => {
    const refused = await env('promote', NAME);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('1 of 1 sample');
    expect(await current()).toBe(v1);
    const { code, stdout } = await env('promote', NAME, shortDigest(v2), '--force');
    expect(code).toBe(0);
    expect(stdout).toContain(shortDigest(v2));
    await within(1000, async () => expect(await current()).toBe(v2));
    expect(await grade()).toEqual({ digest: v2, grade: 50 });
  });

  test('rollback brings the one before back at once', async () => {
    const { code, stderr } = await env('rollback', NAME);
    expect(code, stderr).toBe(0);
    await within(1000, async () => expect(await current()).toBe(v1));
    expect(await grade()).toEqual({ digest: v1, grade: 100 });
  });

  test('a pinned task keeps its revision until it is unpinned', async () => {
    expect((await env('pin', TASK, shortDigest(v2))).code).toBe(0);
    expect((await history())[0]?.pinned).toEqual([{ course: 'demo', task: 'ask' }]);
    // The server notices what a command did within a second.
    await within(5000, async () => expect(await grade()).toEqual({ digest: v2, grade: 50 }));
    expect((await env('unpin', TASK)).code).toBe(0);
    await within(5000, async () => expect(await grade()).toEqual({ digest: v1, grade: 100 }));
    expect((await env('pin', 'demo/none', 'current')).code).toBe(4);
    expect((await env('pin', 'none', 'current')).code).toBe(2);
  });

  test('one whose samples come out as expected is promoted without a command', async () => {
    v3 = await images.build(100);
    await within(60_000, async () => expect(await current()).toBe(v3));
    expect((await history())[0]).toMatchObject({ state: 'current', why: 'All as expected: 1 sample.' });
    expect(await grade()).toEqual({ digest: v3, grade: 100 });
  });

  test('who moves the name to an older image with the engine changes nothing', async () => {
    await images.moveTag(v2);
    await within(2000, async () => expect((await images.tagsOf(v3)).includes(images.tag)).toBe(false));
    await within(2000, async () =>
      expect((await history()).find(({ digest }) => digest === v3)).toMatchObject({
        state: 'current',
        here: true,
      }),
    );
    expect(await grade()).toEqual({ digest: v3, grade: 100 });
    await images.moveTag(v3);
  });

  test('prune refuses what graded a stored run, unless it is forced', async () => {
    const plan = await env('prune', '--dry-run', '--json');
    const own = (JSON.parse(plan.stdout) as { name: string; digest: string; remove: boolean }[]).filter(
      ({ name }) => name === NAME,
    );
    expect(own.map(({ digest, remove }) => [digest, remove])).toEqual([
      [v1, false],
      [v2, false],
      [v3, false],
    ]);
    expect((await env('prune', '--graded')).code).toBe(2);
    const isHere = (digest: string) => images.isHere(digest, server.installation);
    expect(await isHere(v2)).toBe(true);
    const { code, stdout } = await env('prune', '--graded', '--yes');
    expect(code).toBe(0);
    expect(stdout).toContain(`goes  ${NAME} ${shortDigest(v2)}`);
    expect([await isHere(v1), await isHere(v2), await isHere(v3)]).toEqual([false, false, true]);
  });

  test('env test runs the samples of the current one, says each, and exits with 1 when one differs', async () => {
    const fine = await env('test', NAME, '--json');
    expect(fine.code, fine.stderr).toBe(0);
    expect(JSON.parse(fine.stdout)).toMatchObject({ digest: v3, passed: true, cases: [{ sample: 'any' }] });
    writeFiles(join(server.courses, TASK), {
      'samples/other.yaml': 'answers: { code: x }\nexpect: { verdict: success, text: nobody says this }\n',
    });
    const { code, stdout } = await env('test', NAME);
    expect(code).toBe(1);
    expect(stdout).toContain('✗ demo/ask other');
    expect(stdout).toContain('expected the feedback to say "nobody says this"');
    const card = (await operator.get(`/api/environments/${NAME}`)).body;
    expect(card).toMatchObject({ digest: v3 });
    expect((await env('test', 'cobol')).code).toBe(4);
  });
});
