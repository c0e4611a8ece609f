/** Script in every place that a student controls: the pages show it as words. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { multipart } from '../support/attacks/raw.ts';
import { type Ground, openGround } from '../support/attacks/server-under-attack.ts';

let ground: Ground;
beforeAll(async () => {
  ground = await openGround();
});
afterAll(() => ground.close());

/** A tag, handler or address from outside that is live in a page. */
const LIVE =
  /<script>alert|<img[^>]*onerror|<svg[^>]*onload|href="\s*javascript:|src="\s*javascript:|<iframe|<object|<base|<meta http-equiv="refresh|<form[^>]*evil|style="[^"]*expression|root:x:0/i;

const WORDS: [string, string][] = [
  ['tags', '<script>alert(1)</script><img src=x onerror=alert(1)><svg onload=alert(1)><iframe src=//evil>'],
  ['an end of the page’s own script', '</script><script>alert(1)</script>"}]}\u2028\u2029'],
  [
    'raw HTML of reStructuredText',
    '.. raw:: html\n\n   <script>alert(1)</script>\n   <img src=x onerror=alert(1)>',
  ],
  [
    'a link to a script',
    '`click <javascript:alert(1)>`_ and `me <JaVaScRiPt:alert(1)>`__ and `data <data:text/html,<script>alert(1)</script>>`_',
  ],
  [
    'an image of a script',
    '.. image:: javascript:alert(1)\n\n.. figure:: data:text/html,<script>alert(1)</script>',
  ],
  [
    'files of the server',
    '.. include:: /etc/passwd\n\n.. csv-table:: x\n   :file: /etc/passwd\n\n.. literalinclude:: /etc/passwd\n\n.. raw:: html\n   :file: /etc/passwd',
  ],
  [
    'handlebars',
    '{{#with "s" as |x|}}{{lookup x.constructor.prototype "y"}}{{/with}}{{{<script>alert(1)</script>}}}',
  ],
  [
    'a class that covers the page',
    '.. class:: overlay\n\n.. container:: modal\n\n   .. role:: evil(raw)\n      :format: html\n\n   :evil:`<script>alert(1)</script>`',
  ],
];

describe('what a student handed in, on the page of its run', () => {
  test.each(WORDS)('%s', async (_, words) => {
    const { run } = await ground.graded('echo', { q1: words });
    for (const as of [ground.eve]) {
      const page = await ground.request(`/runs/${run}`, { as });
      expect(page.status).toBe(200);
      const text = await page.text();
      expect(text).not.toMatch(LIVE);
      expect(page.headers.get('content-security-policy')).toMatch(/script-src 'self'( 'nonce-[^']+')?;/);
    }
    const api = await ground.request(`/api/runs/${run}`);
    expect(api.headers.get('content-type')).toContain('application/json');
    expect(api.headers.get('x-content-type-options')).toBe('nosniff');
  });

  test('reStructuredText that takes for ever to read is given up', async () => {
    const { run } = await ground.graded('echo', {
      q1: `${'*'.repeat(20_000)}\n${'`'.repeat(20_000)}\n${'|'.repeat(5000)}\n${'  - '.repeat(2000)}x`,
    });
    const begun = performance.now();
    expect((await ground.request(`/runs/${run}`)).status).toBe(200);
    expect(performance.now() - begun).toBeLessThan(10_000);
  });
});

test('the name of an uploaded file is shown as words', async () => {
  const names = [
    '<img src=x onerror=alert(1)>.csv',
    '\u202egpj.csv',
    '../../../../etc/cron.d/x.csv',
    'a\\"onmouseover=alert(1) x=\\".csv',
  ];
  for (const filename of names) {
    const { body, type } = multipart([{ name: 'answer.table', filename, content: 'day,celsius\n' }]);
    const answer = await ground.request('/api/courses/demo/tasks/upload/submissions', {
      method: 'POST',
      headers: { 'content-type': type },
      body,
    });
    if (answer.status !== 202) {
      expect([400, 422, 503], filename).toContain(answer.status);
      continue;
    }
    const { run } = (await answer.json()) as { run: string };
    const text = await (await ground.request(`/runs/${run}`)).text();
    expect(text, filename).not.toMatch(LIVE);
    expect(text, filename).not.toMatch(/<[^>]*onmouseover=/);
    await ground.request(`/api/runs/${run}/kill`, { method: 'POST' });
  }
});

test('the name that was tried at sign-in is shown as words', async () => {
  const body = new URLSearchParams({
    name: '"><script>alert(1)</script>',
    password: 'x',
    next: 'javascript:alert(1)',
  });
  const answer = await ground.request('/sign-in', { as: null, method: 'POST', body });
  expect(await answer.text()).not.toMatch(LIVE);
});
