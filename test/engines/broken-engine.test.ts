/**
 * An engine that can start no container, made for real: its images are damaged, or there is no memory for another container.
 * Runs wait, none ends by it, and all are graded once that is over.
 */
import { execFileSync } from 'node:child_process';
import { renameSync } from 'node:fs';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { type ApiUser, signIn, submitTo } from '../support/api.ts';
import { openPrivateEngine, type PrivateEngine } from '../support/private-engine.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const RIGHT = { code: 'def total(numbers):\n    return sum(numbers)\n' };
const IMAGE = 'gradeport/default:latest';
/** An engine is opened, and containers start on a machine that does other things as well. */
const TIMEOUT_MS = 600_000;
const PATIENT = { timeout: 120_000, interval: 50 };

let engine: PrivateEngine;
beforeAll(async () => {
  engine = await openPrivateEngine([IMAGE]);
});
afterAll(() => engine?.[Symbol.asyncDispose]());

/** Takes the folder of the image's last layer away, as a damaged disk would. @returns the way to bring it back */
async function damageImage({ host }: PrivateEngine): Promise<() => void> {
  const asked = ['-H', host, 'image', 'inspect', IMAGE, '--format', '{{.GraphDriver.Data.UpperDir}}'];
  const layer = execFileSync('docker', asked, { encoding: 'utf8' }).trim();
  renameSync(layer, `${layer}-away`);
  return () => renameSync(`${layer}-away`, layer);
}

/** Too little for any container to start. The kernel refuses it while there is a container that uses more. */
async function takeMemory({ limitMemory }: PrivateEngine): Promise<() => void> {
  await vi.waitFor(() => limitMemory(2 ** 19), PATIENT);
  return () => limitMemory(null);
}

/** Not how many tries were counted: a kernel without memory may also end a program of the runtime, without a word of why. */
const stateOf = async ({ store }: TestServer, run: string) => {
  const found = await store.runs.get(run);
  return { state: found?.state, verdict: found?.outcome?.verdict ?? null };
};

const becomesGraded = (server: TestServer, run: string) =>
  vi.waitFor(
    async () => expect(await stateOf(server, run)).toEqual({ state: 'done', verdict: 'success' }),
    PATIENT,
  );

async function openServerOn(engine: PrivateEngine, containers: 'auto' | 'engine') {
  vi.stubEnv('DOCKER_HOST', engine.host);
  const server = await startTestServer({
    concurrency: 1,
    containers,
    logLevel: 'silent',
    // A slot that waits would grade a run although nothing more can start.
    pool: { maxIdle: 0 },
  });
  onTestFinished(async () => {
    await server.close();
    vi.unstubAllEnvs();
  });
  const { student, other, teacher } = server.accounts;
  const users: ApiUser[] = [];
  for (const { name, password } of [student, other, teacher])
    users.push(await signIn(server.url, name, password));
  return { server, users };
}

/** Where Gradeport starts the runtime itself, containers are in a group of the machine's, which other programs use, too. */
const KINDS: [string, 'auto' | 'engine', RegExp, (engine: PrivateEngine) => Promise<() => void>][] = [
  ['whose image is damaged', 'auto', /images of the container engine are damaged/, damageImage],
  ['whose image is damaged', 'engine', /images of the container engine are damaged/, damageImage],
  ['without memory for a container', 'engine', /not enough memory for another container/, takeMemory],
];

test.each(KINDS)(
  'an engine %s (containers: %s) ends no run: all are graded when that is over',
  async (_, containers, why, spoil) => {
    const { server, users } = await openServerOn(engine, containers);
    const [ann] = users;
    if (!ann) throw new Error('There is no student.');
    await becomesGraded(server, await submitTo(ann, 'python-sum', RIGHT));
    let mend = await spoil(engine);
    onTestFinished(() => mend());
    const runs = await Promise.all(users.map((user) => submitTo(user, 'python-sum', RIGHT)));
    const paused = { ok: false, paused: expect.stringMatching(why) };
    await vi.waitFor(async () => expect((await ann.get('/healthz')).body).toMatchObject(paused), PATIENT);
    for (const run of runs) expect(await stateOf(server, run)).toMatchObject({ verdict: null });
    mend();
    mend = () => {};
    for (const run of runs) await becomesGraded(server, run);
  },
  TIMEOUT_MS,
);
