/** Files that a course gives to its students, at INGInious' addresses. */
import { once } from 'node:events';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import request from 'supertest';
import { afterAll, describe, expect, test } from 'vitest';
import { openCourses } from '../../server/courses/catalogue.ts';
import { createApp } from '../../server/site/app.ts';
import { copyOfCourse } from '../support/course-copy.ts';
import { sharedHouse } from '../support/http/house.ts';

const house = await sharedHouse();
const copy = await copyOfCourse('c1');
afterAll(() => copy[Symbol.asyncDispose]());
await copy.write('quiz/public/page.html', '<script>alert(1)</script>');
await copy.write('quiz/public/.git/config', 'x');
await symlink('../secret.txt', join(copy.course, 'quiz/public/link'));
await symlink('../quiz', join(copy.course, 'old/public'));
const app = createApp({ ...house.deps, courses: openCourses([copy.folder]) });
const eve = await house.person('eve', 'student');

const get = (path: string, who = eve) => request(app).get(path).set('Cookie', who.cookie);

describe('public files', () => {
  test('are there for members, at INGInious’ addresses', async () => {
    const file = await get('/course/c1/quiz/deep/data.txt').expect(200);
    expect(file.text).toBe('shown to students\n');
    expect((await get('/course/c1/$common/all.txt').expect(200)).text).toBe('of the course\n');
    await request(app)
      .get('/course/c1/quiz/deep/data.txt')
      .expect(303)
      .expect('Location', /sign-in/);
    await get('/course/c1/quiz/deep/data.txt', await house.person('nobody', null)).expect(404);
  });

  test('are there under names that are not UTF-8', async () => {
    const name = Buffer.concat([Buffer.from(`${copy.course}/quiz/public/caf`), Buffer.from([0xe9])]);
    await writeFile(name, 'latin');
    const file = await get('/course/c1/quiz/caf%E9').expect(200);
    expect(file.body.toString()).toBe('latin');
    expect(file.headers['content-disposition']).toBe('attachment; filename="caf\\\\xe9"');
    await get('/course/c1/quiz/caf%C3%A9').expect(404);
    await get('/course/c1/quiz/caf%zz').expect(404);
  });

  test('never run as our pages', async () => {
    const page = await get('/course/c1/quiz/page.html').expect(200);
    expect(page.headers['content-type']).toBe('application/octet-stream');
    expect(page.headers['content-disposition']).toContain('attachment');
    expect(page.headers['x-content-type-options']).toBe('nosniff');
  });

  test('are all that is there: no other file, no link, no way up, nothing of hidden tasks', async () => {
    expect(await readFile(join(copy.course, 'quiz/secret.txt'), 'utf8')).toContain('grader');
    for (const path of [
      ...[
        'quiz/secret.txt',
        'quiz/..%2fsecret.txt',
        'quiz/%2e%2e/secret.txt',
        'quiz/link',
        'old/secret.txt',
        'old/public/page.html',
        'quiz/.git/config',
      ],
      ...[
        'quiz/deep',
        'quiz/deep%2fdata.txt',
        '$common/student/helper.py',
        '$common/..%2f..%2fquiz',
        'secret/x',
      ],
      ...['nope/x', '..%2f..%2f/x', 'quiz/deep/data.txt%00'],
    ]) {
      expect((await get(`/course/c1/${path}`)).status, path).toBe(404);
    }
  });

  test('are sent in pieces: readers that do not read cost no memory', async () => {
    const bytes = 30 * 2 ** 20;
    await writeFile(join(copy.course, 'quiz/public/large.bin'), Buffer.alloc(bytes, 'x'));
    const server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const before = process.memoryUsage().arrayBuffers;
    const readers = await Promise.all(Array.from({ length: 10 }, () => slowReader(port)));
    // What went into the buffers of the kernel may not have been collected yet; ten whole files would be 300 MiB.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * bytes);
    for (const reader of readers) reader.destroy();
    server.closeAllConnections();
    server.close();
    const whole = await get('/course/c1/quiz/large.bin').expect(200);
    expect(whole.headers['content-length']).toBe(String(bytes));
  });
});

/** Reads the head of the answer, and then nothing. */
async function slowReader(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.write(`GET /course/c1/quiz/large.bin HTTP/1.1\r\nHost: x\r\nCookie: ${eve.cookie}\r\n\r\n`);
  await once(socket, 'readable');
  return socket;
}
