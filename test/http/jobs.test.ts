import request from 'supertest';
import { afterEach, describe, expect, test } from 'vitest';
import type { JobNews } from '../../server/jobs/port.ts';
import { GradeportError } from '../../server/rules/errors.ts';
import { sharedHouse } from '../support/http/house.ts';

const house = await sharedHouse();
const ada = await house.person('ada', 'teacher');
const tess = await house.person('tess', 'teacher');
const stu = await house.person('stu', 'student');
const olga = await house.person('olga', null, true);
// Only a few run at once.
afterEach(() => house.jobs.list().forEach(({ id }) => void house.jobs.stop(id)));

const get = (path: string, who = ada) => request(house.app).get(path).set('Cookie', who.cookie);
const post = (path: string, who = ada) => request(house.app).post(path).set('Cookie', who.cookie);

/** A job that goes on until it is stopped. */
function endless(title: string, by = 'ada', first: (news: JobNews) => void = () => {}) {
  return house.jobs.start({ kind: 'build', title, by }, (news, stopped) => {
    first(news);
    return new Promise((_, reject) => stopped.addEventListener('abort', () => reject(new Error('stopped'))));
  });
}

describe('a job', () => {
  test('shows its log and its progress as text, and is stopped by a button', async () => {
    const { id } = endless('Build <b>x</b>', 'ada', (news) => {
      news.line('<img src=x onerror=alert(1)>');
      news.progress({ step: 'RUN <i>make</i>', done: 1, total: 3 });
    });
    const page = await get(`/jobs/${id}`).expect(200);
    expect(page.text).toContain('Build &lt;b&gt;x&lt;/b&gt;');
    expect(page.text).toContain('&lt;img src');
    expect(page.text).toContain('value="1" max="3"');
    expect(page.text).not.toMatch(/<img|<i>|<b>x/);
    await post(`/jobs/${id}/stop`).expect(303).expect('Location', `/jobs/${id}`);
    const after = await get(`/jobs/${id}`).expect(200);
    expect(after.text).toContain('Stopped');
    expect(after.text).not.toContain('/stop"');
  });

  test('that failed says why, with what the step printed below', async () => {
    const { id } = house.jobs.start({ kind: 'build', title: 'Build y', by: 'ada' }, async () => {
      throw new GradeportError('conflict', 'Line 3 failed.\n  no such file <x>');
    });
    const page = await get(`/jobs/${id}`).expect(200);
    expect(page.text).toContain('<p class="alert">Line 3 failed.</p>');
    expect(page.text).toContain('no such file &lt;x&gt;');
  });

  test('does not say twice what its log shows', async () => {
    const { id } = house.jobs.start({ kind: 'build', title: 'Build z', by: 'ada' }, async (news) => {
      news.line('no such file');
      throw new GradeportError('conflict', 'Line 3 failed.\n  no such file\n  and more');
    });
    const { text } = await get(`/jobs/${id}`).expect(200);
    expect(text.match(/no such file/g)).toHaveLength(1);
    expect(text).toMatch(/class="job-details"[^>]*> {2}and more</);
  });

  test('belongs to the user who asked for it, and to operators', async () => {
    const { id } = endless('Build z');
    for (const who of [tess, stu]) {
      await get(`/jobs/${id}`, who).expect(404);
      await post(`/jobs/${id}/stop`, who).expect(404);
      await get(`/api/jobs/${id}`, who).expect(404);
      await post(`/api/jobs/${id}/stop`, who).expect(404);
    }
    await request(house.app).get(`/jobs/${id}`).expect(303);
    await get('/jobs', stu).expect(403);
    await get('/api/jobs', stu).expect(403);
    expect((await get('/jobs', tess).expect(200)).text).not.toContain('Build z');
    expect((await get('/jobs', olga).expect(200)).text).toContain('Build z');
    expect((await get('/api/jobs', olga)).body[0]).toMatchObject({ id, by: 'ada', state: 'running' });
    await post(`/jobs/${id}/stop`, olga).expect(303);
  });

  test('is not stopped by a form of another site', async () => {
    const { id } = endless('Build w');
    await post(`/jobs/${id}/stop`).set('Origin', 'https://evil.example').expect(403);
    expect(house.jobs.get(id)?.state).toBe('running');
  });

  test('is read by programs from the line on where they were', async () => {
    const { id } = endless('Build v', 'ada', (news) =>
      ['a', 'b', 'c'].forEach((line) => void news.line(line)),
    );
    expect((await get(`/api/jobs/${id}`).expect(200)).body.log).toEqual({
      from: 0,
      lines: ['a', 'b', 'c'],
      next: 3,
    });
    expect((await get(`/api/jobs/${id}?from=2`)).body.log).toEqual({ from: 2, lines: ['c'], next: 3 });
    await get(`/api/jobs/${id}?from=-1`).expect(400);
    expect((await post(`/api/jobs/${id}/stop`).expect(202)).body).toMatchObject({ id, href: `/jobs/${id}` });
  });
});
