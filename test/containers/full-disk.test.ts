/**
 * A data folder whose disk is full, for real: what people do then is refused with a sentence that says what to do, nothing
 * half-written is taken for whole, and all of it works once there is room.
 */
import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openEngine } from '../../server/adapters/open-engine.ts';
import { PROJECT_FOLDER } from '../../server/config/config.ts';
import { type ApiUser, signIn } from '../support/api.ts';
import { cli } from '../support/processes.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { canMount, smallDisk } from '../support/small-disk.ts';
import { tempFolder } from '../support/store/temp-folder.ts';

/** Fits into no block that has room left. */
const LARGE = randomBytes(300_000).toString('hex');
const NAME = `full-disk-${process.pid}`;
const PATIENT = { timeout: 120_000, interval: 100 };
/** Commands start a process each, on a machine that does other things as well. */
const TIMEOUT_MS = 600_000;

type Said = { ok: boolean; text: string };
type House = { server: TestServer; data: string; course: string; ann: ApiUser; operator: ApiUser };

async function asked({ server }: House, path: string, body: FormData | object, who?: ApiUser): Promise<Said> {
  const isForm = body instanceof FormData;
  const answer = await fetch(server.url + path, {
    method: 'POST',
    headers: { ...(who && { cookie: who.cookie }), ...(!isForm && { 'content-type': 'application/json' }) },
    body: isForm ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) expect(answer.status, text).toBe(507);
  return { ok: answer.ok, text };
}

/** Beside the server. */
async function command({ data }: House, args: string[], stdin = ''): Promise<Said> {
  const { code, stdout, stderr } = await cli([...args, '--data', data], { stdin });
  if (code !== 0) expect(code, stderr).toBe(1);
  return { ok: code === 0, text: stdout + stderr };
}

function formOf(fields: Record<string, string | Blob>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return form;
}

const TASKS = '/api/courses/demo/tasks';
const TABLE = new Blob([`day,celsius\n${LARGE.slice(0, 19_000)}`]);
const DOCKERFILE = `FROM gradeport/base\nLABEL org.gradeport.grading.name="${NAME}"\n# ${LARGE.slice(0, 60_000)}\n`;
const FOR_STUDENTS = /disk of the server is full, so nothing was stored\..*try again later/;
const FREE_SOME = /The disk .*is full: free some space/;

/** What people do, in another way each; and what they read while the disk is full. */
const DEEDS: [string, RegExp, (house: House) => Promise<Said>][] = [
  [
    'a long answer',
    FOR_STUDENTS,
    (house) => asked(house, `${TASKS}/python-sum/submissions`, { answers: { code: LARGE } }, house.ann),
  ],
  [
    'an upload',
    FOR_STUDENTS,
    (house) =>
      asked(
        house,
        `${TASKS}/upload/submissions`,
        formOf({ 'answer.table': new File([TABLE], 'week.csv') }),
        house.ann,
      ),
  ],
  [
    'a build',
    /The disk .*is full/,
    (house) => asked(house, '/api/environments/builds', formOf({ dockerfile: DOCKERFILE }), house.operator),
  ],
  [
    'a course',
    /free some space on it, then import again\. Nothing was/,
    (house) => command(house, ['course', 'import', house.course]),
  ],
  ['a backup', FREE_SOME, (house) => command(house, ['store', 'backup', join(house.data, 'kept.tar.gz')])],
  [
    'an account',
    FREE_SOME,
    (house) => command(house, ['user', 'add', 'newcomer', '--password-stdin'], 'long enough\n'),
  ],
];

async function openHouseOn(disk: string): Promise<House> {
  const course = join(tempFolder(), 'second');
  cpSync(join(PROJECT_FOLDER, 'examples/demo/python-sum'), join(course, 'sum'), { recursive: true });
  writeFileSync(join(course, 'sum/large.txt'), LARGE);
  const data = join(disk, 'data');
  const server = await startTestServer({ data, concurrency: 1, logLevel: 'silent' });
  onTestFinished(async () => {
    await server.close();
    const engine = openEngine();
    for (const { tags } of await engine.images.list())
      for (const tag of tags.filter((one) => one.includes(NAME))) await engine.images.untag(tag);
    await engine.close();
  });
  const { student, operator } = server.accounts;
  const ann = await signIn(server.url, student.name, student.password);
  return { server, data, course, ann, operator: await signIn(server.url, operator.name, operator.password) };
}

const below = (folder: string): string[] =>
  existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [];

/** Nothing of what was refused is there, in whole or in part. */
async function expectNothingHalf({ server, data }: House): Promise<void> {
  expect(await server.store.submissions.count({})).toBe(0);
  expect(await server.store.runs.count({})).toBe(0);
  expect(await server.store.users.count({ name: 'newcomer' })).toBe(0);
  expect(below(join(data, 'environments', NAME))).toEqual([]);
  expect(below(join(data, 'courses')).filter((name) => /second|importing/.test(name))).toEqual([]);
  expect(below(data).filter((name) => /kept|\.new$|\.part$|drafts\/./.test(name))).toEqual([]);
}

test.runIf(canMount)(
  'on a full disk all that people do is refused with what to do, and works once there is room',
  async () => {
    const disk = await smallDisk('size=96m');
    const house = await openHouseOn(disk);
    const { server, data } = house;
    const ballast = join(disk, 'ballast');
    // Not in one go: the server is in this process.
    await expect(writeFile(ballast, Buffer.alloc(2 ** 28))).rejects.toThrow('ENOSPC');
    for (const [what, sentence, deed] of DEEDS) {
      const { ok, text } = await deed(house);
      expect({ what, ok, text }).toEqual({ what, ok: false, text: expect.stringMatching(sentence) });
    }
    // One row may still find a place in a file that is there already.
    const { name, password } = server.accounts.other;
    await asked(house, '/api/session', { name, password });
    await expectNothingHalf(house);
    rmSync(ballast);
    for (const [what, , deed] of DEEDS) {
      const { ok, text } = await deed(house);
      expect({ what, ok, text }).toMatchObject({ what, ok: true });
    }
    expect(await asked(house, '/api/session', { name, password })).toMatchObject({ ok: true });
    await vi.waitFor(async () => expect(await server.store.runs.count({ state: 'done' })).toBe(2), PATIENT);
    await vi.waitFor(
      async () => expect(await server.store.currents.get(NAME)).toMatchObject({ id: NAME }),
      PATIENT,
    );
    expect(await command(house, ['store', 'check'])).toMatchObject({ ok: true });
    expect((await house.operator.get('/api/courses/second')).status).toBe(200);
    expect(below(data)).toContain('kept.tar.gz');
  },
  TIMEOUT_MS,
);
