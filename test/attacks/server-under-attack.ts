/** The real server, with two students who are signed in, for attacks by request. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { z } from 'zod';
import { type ApiUser, signIn } from '../support/api.ts';
import { startTestServer } from '../support/server.ts';

export type Ground = Awaited<ReturnType<typeof openGround>>;

const shown = z.object({ state: z.string(), outcome: z.unknown() });

/** Says in every place that a page shows what the student handed in. */
const ECHO = `#!/usr/bin/env python3
from inginious_container_api import feedback, input
text = input.get_input('q1')
print(text)
feedback.save_feedback({'result': 'failed', 'grade': 10.0, 'text': text, 'problems': {'q1': ['failed', text]},
                        'tests': {'t': text}, 'custom': {'c': text}, 'state': text})
`;
const ECHO_TASK = `name: Echo
environment_type: docker
environment_id: default
environment_parameters: {limits: {time: 5, memory: 128}}
problems:
  q1: {type: code, name: Words}
`;

export async function openGround() {
  const server = await startTestServer();
  const folder = join(server.courses, 'demo', 'echo');
  await mkdir(folder);
  await writeFile(join(folder, 'task.yaml'), ECHO_TASK);
  await writeFile(join(folder, 'run'), ECHO, { mode: 0o755 });
  const user = (name: 'student' | 'other' | 'teacher') => {
    const account = server.accounts[name];
    return signIn(server.url, account.name, account.password);
  };
  const [eve, victim] = await Promise.all([user('student'), user('other')]);

  const request = (path: string, init: RequestInit & { as?: ApiUser | null } = {}) => {
    const { as = eve, ...rest } = init;
    const headers = { ...(as ? { cookie: as.cookie } : {}), ...(rest.headers as Record<string, string>) };
    return fetch(server.url + path, { redirect: 'manual', ...rest, headers });
  };
  const json = (path: string, body: unknown, as: ApiUser | null = eve) =>
    request(path, {
      as,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  /** Hands in to a task and waits for its verdict. */
  async function graded(
    task: string,
    answers: unknown,
    as = eve,
  ): Promise<{ run: string; submission: string }> {
    const answer = await json(`/api/courses/demo/tasks/${task}/submissions`, { answers }, as);
    expect(answer.status, await answer.clone().text()).toBe(202);
    const ids = z.object({ run: z.string(), submission: z.string() }).parse(await answer.json());
    await vi.waitFor(async () => expect(await stateOf(ids.run, as)).toBe('done'), {
      timeout: 30_000,
      interval: 50,
    });
    return ids;
  }
  const stateOf = async (run: string, as: ApiUser): Promise<string> =>
    shown.parse(await (await request(`/api/runs/${run}`, { as })).json()).state;

  return { server, eve, victim, request, json, graded, stateOf, close: () => server.close() };
}
