/** A submission that asks for another environment than its task's own, in real containers. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { signIn } from '../support/api.ts';
import { cli } from '../support/processes.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const TASK = `name: Which compiler
environment_choices: [c]
environment_parameters: { limits: { time: 5, memory: 128 } }
problems:
  code: { type: code, name: Anything, language: c }
`;
/** Tells whether it was graded where gcc is. */
const RUN =
  '#!/bin/sh\ncommand -v gcc > /dev/null && feedback-msg -m "gcc" || feedback-msg -m "none"\nfeedback-result success\n';

const folder = mkdtempSync(join(tmpdir(), 'gradeport-choice-'));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, 'task.yaml'), TASK);
writeFileSync(join(folder, 'run'), RUN, { mode: 0o755 });

const gradedSchema = z.object({ text: z.string(), environment: z.object({ name: z.string() }) });

describe('gradeport grade', () => {
  const grade = (...options: string[]) => cli(['grade', folder, '--answer', 'code=x', '--json', ...options]);

  test('grades in the task’s own environment, or in the one that is asked for', async () => {
    const own = await grade();
    expect(gradedSchema.parse(JSON.parse(own.stdout))).toEqual({
      text: 'none',
      environment: { name: 'default' },
    });
    const other = await grade('--environment', 'c');
    expect(gradedSchema.parse(JSON.parse(other.stdout))).toEqual({ text: 'gcc', environment: { name: 'c' } });
  });

  test('refuses one that the task does not list', async () => {
    const { code, stderr } = await grade('--environment', 'java');
    expect(code).toBe(2);
    expect(stderr).toContain('Choose one of default, c.');
  });

  test('grades a task that names none in the installation’s default', async () => {
    const { stdout, stderr } = await cli(['grade', folder, '--answer', 'code=x', '--json'], {
      env: { GRADEPORT_DEFAULT_CPU: 'c' },
    });
    expect(gradedSchema.parse(JSON.parse(stdout)), stderr).toMatchObject({ environment: { name: 'c' } });
  });
});

describe('a server', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
    cpSync(folder, join(server.courses, 'demo/choice'), { recursive: true });
  });
  afterAll(() => server.close());

  const runSchema = z.object({
    state: z.string(),
    environment: z.object({ name: z.string() }).nullable(),
    outcome: z.object({ report: z.object({ text: z.string() }) }).nullable(),
  });

  test('grades a submission where its student asked, and keeps that with it', async () => {
    const { name, password } = server.accounts.student;
    const student = await signIn(server.url, name, password);
    const path = '/api/courses/demo/tasks/choice/submissions';
    const submitted = { answers: { code: 'x' }, environment: 'c' };
    // What changed on disk counts within a second.
    await expect
      .poll(async () => (await student.post(path, submitted)).status, { timeout: 10_000 })
      .toBe(202);
    const [submission] = z
      .array(z.object({ environment: z.string().nullable(), runs: z.array(z.object({ id: z.string() })) }))
      .parse((await student.get(path)).body);
    expect(submission?.environment).toBe('c');
    const look = async () =>
      runSchema.parse((await student.get(`/api/runs/${submission?.runs[0]?.id}`)).body);
    await expect.poll(async () => (await look()).state, { timeout: 60_000 }).toBe('done');
    expect(await look()).toMatchObject({ environment: { name: 'c' }, outcome: { report: { text: 'gcc' } } });
    const refused = await student.post(path, { ...submitted, environment: 'java' });
    expect(refused).toMatchObject({ status: 400, body: { error: expect.stringContaining('default, c') } });
  });
});
