import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import request from 'supertest';
import { afterAll, describe, expect, test } from 'vitest';
import { PROJECT_FOLDER } from '../../server/config/config.ts';
import { openCourses } from '../../server/courses/catalogue.ts';
import { createApp } from '../../server/site/app.ts';
import { buildClient } from '../../web/build.ts';
import { copyOfCourse } from '../support/course-copy.ts';
import { sharedHouse } from '../support/http/house.ts';

const house = await sharedHouse();
const copy = await copyOfCourse('c1');
afterAll(() => copy[Symbol.asyncDispose]());
await buildClient({ outFolder: join(PROJECT_FOLDER, 'web/dist') });

const statement = (script: string): string => `.. raw:: html\n\n   ${script}\n`.replace(/^/gm, '  ');
const taskWith = (context: string, header = '      Say it.', more = ''): string =>
  `name: Scripts\naccessible: true\nenvironment_type: mcq\n${more}context: |\n${context}\nproblems:\n  q1:\n    type: match\n    name: One\n    answer: x\n    header: |\n${header}\n`;
const script =
  '<p id="n">…</p><script>document.getElementById("n").textContent = input["@random"][0]</script>';
await copy.write(
  'live/task.yaml',
  taskWith(
    `  Words.\n\n${statement(script)}`,
    '      .. raw:: html\n\n         <script src="live/data.js"></script>',
    'input_random: 1\n',
  ),
);
await copy.write('live/public/data.js', 'var data = 1;');
await copy.write('live/public/pic.png', Buffer.from('picture'));
await copy.write('live/secret.js', 'var secret = 1;');
await copy.write('still/task.yaml', taskWith('  Only words: <script>x</script>.'));
await copy.write(
  'shut/task.yaml',
  taskWith(statement(script)).replace('accessible: true', 'accessible: false'),
);
await copy.write('shut/public/hidden.js', 'var hidden = 1;');
const named = [
  'live/pic.png',
  '/course/c1/shut/hidden.js',
  '../secret.js',
  '/course/c2/x/a.js',
  'https://x.org/a.js',
]
  .map((src) => `<script src="${src}"></script>`)
  .join('');
await copy.write('files/task.yaml', taskWith(statement(named)));
await copy.write('files/secret.js', 'var secret = 1;');
await copy.write('query/task.yaml', taskWith(statement('<script>$("#n").text("x")</script>')));
const app = createApp({ ...house.deps, courses: openCourses([copy.folder]) });
const eve = await house.person('eve', 'student');
const get = (path: string, who = eve) => request(app).get(path).set('Cookie', who.cookie);
const FRAME = '/courses/c1/tasks/live/frame';
const RANDOM = '?random=%5B0.25%5D';

describe('a text with scripts', () => {
  test('is on the page without them, and names the frame that has them, with the numbers of the page', async () => {
    const page = (await get('/courses/c1/tasks/live').expect(200)).text;
    expect(page).toContain('<p id="text-n">…</p>');
    expect(page).not.toContain('getElementById');
    const href =
      /data-frame="([^"]*frame\?[^"]*)"/
        .exec(page)?.[1]
        ?.replaceAll('&amp;', '&')
        .replaceAll('&#x3D;', '=') ?? '';
    const shown = /name="@random" value="([^"]*)"/.exec(page)?.[1];
    expect(new URL(href, 'http://x').searchParams.get('random')).toBe(shown);
    expect((await get(href).expect(200)).text).toContain(`"@random":${shown}`);
    expect((await get('/courses/c1/tasks/still')).text).not.toContain('data-frame');
  });

  test('has a policy that loads nothing and gives no rights, also where its address is opened alone', async () => {
    const { headers, text } = await get(FRAME + RANDOM).expect(200);
    const rules = String(headers['content-security-policy']).split('; ');
    expect(rules).toContain("default-src 'none'");
    expect(rules).toContain('sandbox allow-scripts');
    expect(rules).toContain("form-action 'none'");
    expect(rules).toContain("frame-ancestors 'self'");
    expect(rules.filter((rule) => /self|https?:|\*/.test(rule))).toEqual(["frame-ancestors 'self'"]);
    expect(headers['x-frame-options']).toBeUndefined();
    expect(headers['cache-control']).toBe('no-store');
    expect(text).toContain('document.getElementById("n")');
  });

  test('has the public files that it names in itself, those of the reader alone', async () => {
    const header = (await get(`${FRAME}/q1${RANDOM}`).expect(200)).text;
    const data = Buffer.from('var data = 1;').toString('base64');
    expect(header).toContain(`<script src="data:text/javascript;base64,${data}">`);
    const files = (await get(`/courses/c1/tasks/files/frame${RANDOM}`).expect(200)).text;
    for (const [what, content] of [
      ['hidden', 'var hidden = 1;'],
      ['secret', 'var secret = 1;'],
    ])
      expect(files, what).not.toContain(Buffer.from(content ?? '').toString('base64'));
    expect(files).toContain('src="https://x.org/a.js"');
  });

  test('has jQuery, as on the pages of INGInious, where it uses it', async () => {
    const frame = (await get(`/courses/c1/tasks/query/frame${RANDOM}`).expect(200)).text;
    const script = frame.indexOf('jQuery');
    expect(script).toBeGreaterThan(0);
    expect(frame.indexOf('$("#n")')).toBeGreaterThan(script);
    // With it, the end of jQuery's element would be a part of its text.
    expect(frame).not.toContain('<!--');
    expect((await get(FRAME + RANDOM)).text).not.toContain('jQuery');
  });

  test('of a problem has the description, hidden, around it', async () => {
    const header = (await get(`${FRAME}/q1${RANDOM}`).expect(200)).text;
    expect(header).toMatch(/<div hidden>[\s\S]*getElementById[\s\S]*<\/div>\s*<div class="prose"/);
  });

  test('exists for no one else', async () => {
    await get(`/courses/c1/tasks/shut/frame${RANDOM}`).expect(404);
    await get(`${FRAME}/q2${RANDOM}`).expect(404);
    await request(app)
      .get(FRAME + RANDOM)
      .expect(303);
    const stranger = await house.person('mallory', null);
    await get(FRAME + RANDOM, stranger).expect(404);
  });

  test.each([
    '?random=x',
    '?random=[%22%3C/script%3E%22]',
    '?random={}',
    '',
    `?random=[${'1,'.repeat(7000)}1]`,
  ])('takes numbers only: %.40s', async (query) => {
    const answer = await get(FRAME + query).expect(400);
    expect(answer.text).not.toContain('input={');
  });
});

test('a name cannot end the script that it stands in', async () => {
  await writeFile(join(copy.course, 'live/public/note.txt'), 'x');
  const page = await get(`${FRAME}${RANDOM}&lang=en`).expect(200);
  expect(page.text).toMatch(/<script>input=\{[^<]*\}<\/script>/);
});
