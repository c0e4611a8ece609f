/** From the learning platform to a container and back: a launch, a submission, its grade in the gradebook. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { createGroups } from '../../server/people/groups.ts';
import { openGradebook, signedLaunch } from '../support/lti/gradebook.ts';
import { cli } from '../support/processes.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const COURSE = `name: From the platform
is_lti: true
lti_keys: { moodle: s3cret words }
lti_send_back_grade: true
`;
const TASK = `name: Who are you
environment_parameters: { limits: { time: 5, memory: 64 } }
problems:
  q: { type: code_single_line, name: Anything }
`;
/** Shows its students what it knows of them; half of the points are for that. */
const RUN = `#!/usr/bin/env python3
import json
from inginious_container_api import feedback, input
feedback.set_global_feedback(json.dumps({k: v for k, v in input.load_input()["input"].items() if k.startswith("@")}))
feedback.set_grade(50)
feedback.set_global_result("failed")
`;
let server: TestServer;
let book: Awaited<ReturnType<typeof openGradebook>>;
beforeAll(async () => {
  book = await openGradebook();
  server = await startTestServer({ lti: { privateHosts: [book.host] } });
  for (const task of ['who', 'other', 'together']) {
    mkdirSync(join(server.courses, 'lms', task), { recursive: true });
    writeFileSync(
      join(server.courses, 'lms', task, 'task.yaml'),
      TASK + (task === 'together' ? 'groups: true\n' : ''),
    );
    writeFileSync(join(server.courses, 'lms', task, 'run.py'), RUN, { mode: 0o755 });
  }
  writeFileSync(join(server.courses, 'lms/course.yaml'), COURSE);
});
afterAll(async () => {
  await server.close();
  await book.close();
});

const handedIn = z.object({ run: z.string() });
const done = z.object({ outcome: z.object({ report: z.object({ text: z.string() }), grade: z.number() }) });

/** The "@" keys that the grader saw. */
async function handIn(cookie: string, task: string): Promise<{ run: string; seen: Record<string, unknown> }> {
  const headers = { cookie, 'content-type': 'application/json' };
  const body = JSON.stringify({ answers: { q: 'x' } });
  const posted = await fetch(`${server.url}/api/courses/lms/tasks/${task}/submissions`, {
    method: 'POST',
    headers,
    body,
  });
  const { run } = handedIn.parse(await posted.json());
  const verdict = async () => (await fetch(`${server.url}/api/runs/${run}`, { headers })).json();
  await expect.poll(verdict, { timeout: 20_000 }).toMatchObject({ state: 'done' });
  const { report, grade } = done.parse(await verdict()).outcome;
  expect(grade).toBe(50);
  return { run, seen: z.record(z.string(), z.unknown()).parse(JSON.parse(report.text)) };
}

/** The session that a launch opens. */
async function arrive(task: string, change: Record<string, string>): Promise<string> {
  const url = `${server.url}/lti/lms/${task}`;
  const launched = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      origin: 'https://lms.uni.example',
      'sec-fetch-site': 'cross-site',
    },
    body: signedLaunch({ url, atMs: Date.now(), change }),
    redirect: 'manual',
  });
  expect(launched.status, await launched.text()).toBe(303);
  expect(launched.headers.get('location')).toBe(`/courses/lms/tasks/${task}`);
  return launched.headers.getSetCookie()[0]?.split(';')[0] ?? '';
}

test('a student comes from the platform, the grader knows how, and the gradebook gets the grade', async () => {
  const change = {
    lis_outcome_service_url: book.url,
    lis_result_sourcedid: 'student-42',
    custom_group: 'B',
  };
  const cookie = await arrive('who', change);
  const page = await fetch(`${server.url}/courses/lms/tasks/who`, { headers: { cookie } });
  expect(await page.text()).toContain('Zoë Ångström');

  const { run, seen } = await handIn(cookie, 'who');
  expect(seen).toMatchObject({
    '@username': expect.stringMatching(/^lti\.42\./),
    '@lti_username': '42',
    '@lti_realname': 'Zoë Ångström',
    '@lti_email': 'zoe@uni.example',
    '@lti_roles': ['Learner', 'urn:lti:role:ims/lis/Learner'],
    '@lti_task': ['lms', 'who'],
    '@lti_context_title': 'Algorithms & co',
    '@lti_tool_name': 'Uni',
    '@lti_custom_group': 'B',
  });
  expect(JSON.stringify(seen)).not.toMatch(/oauth|student-42|s3cret|moodle|outcome/);
  await book.until(1);
  expect(book.received[0]?.body).toContain('<sourcedId>student-42</sourcedId>');
  expect(book.received[0]?.body).toContain('<textString>0.5</textString>');
  const told = async () => (await fetch(`${server.url}/runs/${run}`, { headers: { cookie } })).text();
  await expect.poll(told, { timeout: 20_000 }).toMatch(/Sent to the learning platform at .* UTC: 50 %/);

  const elsewhere = await handIn(cookie, 'other');
  expect(Object.keys(elsewhere.seen).filter((key) => key.startsWith('@lti'))).toEqual([]);
  expect(book.received).toHaveLength(1);
});

test('what a group hands in is graded for each of its members on the platform', async () => {
  const before = book.received.length;
  const mates = ['50', '51', '52'].map((id) => ({
    user_id: id,
    lis_person_name_full: `Mate ${id}`,
    lis_outcome_service_url: book.url,
    lis_result_sourcedid: `student-${id}`,
    lis_person_contact_email_primary: `${id}@uni.example`,
  }));
  const tasks = ['together', 'together', 'other'];
  const cookies = await Promise.all(mates.map((change, index) => arrive(tasks[index] ?? '', change)));
  const groups = createGroups(server.store, Date.now);
  const { id } = await groups.create('lms', { name: 'Red', size: 3 });
  const people = await server.store.users.find({ displayName: { $in: ['Mate 50', 'Mate 51', 'Mate 52'] } });
  for (const one of people) await groups.add('lms', id, one);

  const { seen } = await handIn(cookies[1] ?? '', 'together');
  expect(seen['@username']).toMatch(/^lti\.50\.\w+,lti\.51\.\w+,lti\.52\.\w+$/);
  expect(seen).toMatchObject({
    '@email': '50@uni.example,51@uni.example,52@uni.example',
    '@lti_username': '51',
    '@lti_task': ['lms', 'together'],
  });
  const sent = () =>
    book.received
      .slice(before)
      .map(({ body }) => /<sourcedId>(.*)<\/sourcedId>.*<textString>(.*)<\/textString>/s.exec(body)?.slice(1))
      .toSorted();
  const [first, second, third] = ['50', '51', '52'].map((id) => [`student-${id}`, '0.5']);
  await expect.poll(sent, { timeout: 20_000 }).toEqual([first, second]);
  await arrive('together', { ...mates[2] });
  await expect.poll(sent, { timeout: 20_000 }).toEqual([first, second, third]);
});

test('the list of users tells where an account is from, and an operator can remove it', async () => {
  const data = join(server.courses, '..');
  const { stdout } = await cli(['user', 'list', '--data', data]);
  const line = stdout.split('\n').find((one) => one.startsWith('lti.42.')) ?? '';
  expect(line).toMatch(/Zoë Ångström .*lms:student .*LTI moodle: 42/);
  const name = line.split(' ')[0] ?? '';
  await cli(['user', 'remove', name, '--data', data]);
  expect((await cli(['user', 'list', '--data', data])).stdout).not.toContain(name);
});

test('a report on the course says nothing of its secrets', async () => {
  for (const options of [[], ['--json']]) {
    const { stdout, stderr } = await cli(['course', 'check', join(server.courses, 'lms'), ...options]);
    expect(stdout).toContain('From the platform');
    expect(stdout + stderr).not.toMatch(/s3cret|is_lti|lti_keys/);
  }
});
