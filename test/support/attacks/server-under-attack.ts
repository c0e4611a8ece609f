/** The real server, with two students who are signed in, for attacks by request. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { z } from 'zod';
import { type ApiUser, signIn } from '../api.ts';
import { startTestServer } from '../server.ts';

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

/** Gives its student a terminal, and shows what was in it. */
const SHELL = `#!/bin/bash
cd student
ssh_student --hard-time 120
head -c 4000 .ssh_logs | feedback-msg
cat .ssh_logs
feedback-grade 0
feedback-result failed
`;

export const shellTask = (ground: Ground): Promise<void> =>
  addTask(
    ground.server.courses,
    'shell',
    'name: Shell\nenvironment_type: docker-ssh\nenvironment_id: default\nproblems: {}\n',
    SHELL,
  );

async function addTask(courses: string, id: string, yaml: string, run: string): Promise<void> {
  const folder = join(courses, 'demo', id);
  await mkdir(folder);
  await writeFile(join(folder, 'run'), run, { mode: 0o755 });
  // Last: the task is there once its file is.
  await writeFile(join(folder, 'task.yaml'), yaml);
}

export async function openGround() {
  const server = await startTestServer();
  await addTask(server.courses, 'echo', ECHO_TASK, ECHO);
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
