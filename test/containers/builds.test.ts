/** Builds through the API of a real server: people at the same time, and a server that stops in the middle. */

import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { openClient } from '../../server/adapters/docker/client.ts';
import { type ApiUser, signIn } from '../support/api.ts';
import { containersWith } from '../support/containers/marked.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const NAME = `api-test-${process.pid}`;
const MARK = `GRADEPORT_TEST_API=${process.pid}`;
const docker = openClient();
let server: TestServer;
let teacher: ApiUser;
let operator: ApiUser;

beforeEach(async () => {
  server = await startTestServer();
  const enter = ({ name, password }: { name: string; password: string }) =>
    signIn(server.url, name, password);
  [teacher, operator] = await Promise.all([enter(server.accounts.teacher), enter(server.accounts.operator)]);
});
afterEach(async () => {
  await server.close();
  for (const name of [NAME, `${NAME}-2`]) {
    await docker
      .getImage(`local/${name}`)
      .remove({ force: true })
      .catch(() => {});
  }
});

const dockerfile = (name: string, ...steps: string[]): string =>
  [
    'FROM gradeport/base',
    `ENV ${MARK}-${performance.now()}`,
    `LABEL org.gradeport.grading.name="${name}"`,
    ...steps,
  ].join('\n');

async function build({ cookie }: ApiUser, text: string): Promise<{ status: number; body: unknown }> {
  const form = new FormData();
  form.set('dockerfile', text);
  const url = `${server.url}/api/environments/builds`;
  const response = await fetch(url, { method: 'POST', headers: { cookie }, body: form });
  return { status: response.status, body: await response.json() };
}

const begun = ({ status, body }: { status: number; body: unknown }): string => {
  expect(status, JSON.stringify(body)).toBe(202);
  return z.object({ job: z.string() }).parse(body).job;
};

const jobSchema = z.object({
  state: z.string(),
  error: z.string().nullable(),
  result: z.object({ sentence: z.string(), environment: z.string().nullable() }).nullable(),
  log: z.object({ lines: z.array(z.string()) }),
});
const look = async (user: ApiUser, job: string) => jobSchema.parse((await user.get(`/api/jobs/${job}`)).body);
const POLL = { timeout: 60_000, interval: 100 };
const state = (user: ApiUser, job: string) => expect.poll(async () => (await look(user, job)).state, POLL);

const running = async (): Promise<number> => (await containersWith(MARK)).length;

test('two people build at the same time, and what each built grades', async () => {
  const first = begun(await build(teacher, dockerfile(NAME, 'RUN sleep 1 && echo one')));
  const second = begun(await build(operator, dockerfile(`${NAME}-2`, 'RUN sleep 1 && echo two')));
  await state(teacher, first).toBe('done');
  await state(operator, second).toBe('done');
  expect((await look(teacher, first)).log.lines).toContain('one');
  expect((await look(operator, second)).result?.environment).toBe(`${NAME}-2`);
  expect((await teacher.get(`/api/jobs/${second}`)).status).toBe(404);
  for (const name of [NAME, `${NAME}-2`]) {
    expect((await teacher.get(`/api/environments/${name}`)).body).toMatchObject({ name, available: true });
  }
});

test('of two who want the same name at the same time one gets it', async () => {
  const first = begun(await build(operator, dockerfile(NAME, 'RUN sleep 2')));
  const refused = await build(teacher, dockerfile(NAME, 'RUN true'));
  expect(refused.status).toBe(422);
  expect(refused.body).toMatchObject({ refusal: expect.stringContaining('Somebody else is building') });
  await state(operator, first).toBe('done');
  const later = await build(teacher, dockerfile(NAME, 'RUN true'));
  expect(later.body).toMatchObject({ refusal: expect.stringContaining('that you did not build') });
});

test('a server that stops ends its builds, and nothing of them goes on', async () => {
  const job = begun(await build(teacher, dockerfile(NAME, 'RUN echo it-began && sleep 1000')));
  await expect.poll(async () => (await look(teacher, job)).log.lines, POLL).toContain('it-began');
  expect(await running()).toBe(1);
  await server.close();
  expect(await running()).toBe(0);
  server = await startTestServer();
});
