/** A teacher writes a Dockerfile, is told what is wrong with it, builds it, and grades with what came of it. */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openClient } from '../../server/adapters/docker/client.ts';
import { archive } from '../support/archive.ts';
import { DESKTOP, findBarriers, overflowOf, PHONE, write } from '../support/browser/browser.ts';
import { submit, verdict } from '../support/browser/run.ts';
import { sharedSite } from '../support/browser/site.ts';

const NAME = `browser-test-${process.pid}`;
const docker = openClient();
// When the server is gone, which gives and takes names.
afterAll(async () => {
  for (const name of [NAME, `${NAME}-upload`, `${NAME}-stop`]) {
    await docker
      .getImage(`local/${name}`)
      .remove({ force: true })
      .catch(() => {});
  }
});
const site = sharedSite();

beforeAll(async () => {
  const task = join(site.server.courses, 'demo', 'built');
  await mkdir(task);
  const problems = 'problems: { code: { type: code, name: The answer, language: python } }';
  await writeFile(join(task, 'task.yaml'), `name: Built here\nenvironment_id: ${NAME}\n${problems}\n`);
  await writeFile(
    join(task, 'run'),
    '#!/bin/sh\n[ "$(cat /made-here)" = yes ] && feedback-result success\n',
    { mode: 0o755 },
  );
});

const dockerfile = (...lines: string[]) => `${lines.join('\n')}\n`;
const label = (name: string) =>
  `LABEL org.gradeport.grading.name="${name}" org.gradeport.grading.title="Made here"`;

/** Lines of the log, not of the Dockerfile that it shows. */
const printed = (page: Page, line: RegExp) =>
  expect.poll(() => page.locator('#output').textContent(), { timeout: 60_000 }).toMatch(line);

test('from a Dockerfile to a grade, without leaving the browser', async () => {
  const { context, page, complaints } = await site.visit('teacher');
  await page.goto('/environments');
  await page.getByRole('link', { name: 'New environment' }).click();
  await page.locator('.cm-editor').waitFor();
  await write(
    page,
    'Dockerfile',
    dockerfile('FROM gradeport/base', 'FORM here', label(NAME), `# ${'long '.repeat(80)}`),
  );
  await page.getByText('"FORM" is not an instruction.').waitFor();
  expect(await page.locator('.cm-line.marked-error').allTextContents()).toEqual(['FORM here']);
  expect(await overflowOf(page)).toBeLessThanOrEqual(0);
  await page.getByRole('link', { name: 'Line 2' }).click();
  expect(await page.locator('.cm-activeLine').textContent()).toBe('FORM here');
  // Its name makes the step another one than that of any run before: nothing comes from the cache.
  const steps = [`RUN echo it-began && sleep 2 # ${NAME}`, 'RUN echo yes > /made-here'];
  await write(page, 'Dockerfile', dockerfile('FROM gradeport/base', ...steps, label(NAME)));
  await page.getByText('No problems found.').waitFor();
  await page.locator('#lint').getByText('Made here').waitFor();
  await page.getByRole('button', { name: 'Build', exact: true }).click();
  await page.waitForURL('**/jobs/*');
  await printed(page, /^it-began$/m);
  expect(await page.getByRole('button', { name: 'Stop' }).count()).toBe(1);
  await page
    .locator('#job-status')
    .getByText(/It can grade as/)
    .waitFor();
  expect(await page.getByRole('button', { name: 'Stop' }).count()).toBe(0);
  await page.getByRole('link', { name: `Go to ${NAME}` }).click();
  await page.getByRole('heading', { name: 'Made here' }).waitFor();
  await submit(page, '/courses/demo/tasks/built', 'The answer', 'anything');
  await verdict(page, 'Success').waitFor();
  await page.goto(`/environments/${NAME}`);
  await page.getByRole('link', { name: 'Edit build 1' }).click();
  await page.locator('.cm-content').getByText('RUN echo yes > /made-here').waitFor();
  await context.close();
  expect(complaints).toEqual([]);
});

test('a build that goes on for ever is stopped by a button', async () => {
  const { context, page } = await site.visit('teacher');
  await page.goto('/environments/new');
  await write(
    page,
    'Dockerfile',
    dockerfile('FROM gradeport/base', label(`${NAME}-stop`), 'RUN echo it-began && sleep 1000'),
  );
  await page.getByRole('button', { name: 'Build', exact: true }).click();
  await printed(page, /^it-began$/m);
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByText('Stopped', { exact: true }).waitFor();
  await context.close();
});

test('the log of a build that is over begins at its end', async () => {
  const { context, page, complaints } = await site.visit('teacher');
  await page.goto('/environments/new');
  const steps = ['RUN seq 1 200 && exit 7'];
  await write(page, 'Dockerfile', dockerfile('FROM gradeport/base', label(`${NAME}-stop`), ...steps));
  await page.getByRole('button', { name: 'Build', exact: true }).click();
  await page.waitForURL('**/jobs/*');
  await page.locator('.alert').getByText('Dockerfile, line 3 (RUN)').waitFor();
  await page.reload();
  const below = `(() => { const box = document.getElementById('output');
    return box.scrollHeight - box.clientHeight > 1000 ? box.scrollHeight - box.clientHeight - box.scrollTop : 'short';
  })()`;
  await expect.poll(() => page.evaluate(below)).toBeLessThan(24);
  await context.close();
  expect(complaints).toEqual([]);
});

test('without script a folder is uploaded, and its failure names the line', async () => {
  const { context, page } = await site.visit('teacher', {
    ...DESKTOP,
    javaScriptEnabled: false,
  });
  await page.goto('/environments/new');
  const buffer = await archive(
    {
      name: 'env/Dockerfile',
      content: dockerfile(
        'FROM gradeport/base',
        label(`${NAME}-upload`),
        'COPY a /a',
        'RUN cat /a && exit 7',
      ),
    },
    { name: 'env/a', content: 'from-the-archive\n' },
  );
  await page
    .getByLabel('Archive with a Dockerfile')
    .setInputFiles({ name: 'env.tar', mimeType: 'application/x-tar', buffer });
  await page.getByRole('button', { name: 'Upload and build' }).click();
  await expect
    .poll(
      async () => {
        await page.reload();
        return page.locator('.job-status').textContent();
      },
      { timeout: 60_000, interval: 500 },
    )
    .toContain('Dockerfile, line 4 (RUN)');
  await page.locator('#output').getByText('from-the-archive').waitFor();
  await context.close();
});

for (const [look, options] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
  test(`nobody meets a barrier in the editor or at the jobs (${look})`, async () => {
    const { context, page } = await site.visit('teacher', options);
    for (const path of ['/environments/new', '/jobs']) {
      await page.goto(path);
      expect(await findBarriers(page), path).toEqual([]);
      expect(await overflowOf(page), path).toBeLessThanOrEqual(0);
    }
    await page.locator('main .card-link').first().click();
    await page.waitForURL('**/jobs/*');
    expect(await findBarriers(page)).toEqual([]);
    expect(await overflowOf(page)).toBeLessThanOrEqual(0);
    await context.close();
  });
}
