import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import request from 'supertest';
import { describe, expect, test } from 'vitest';
import { createApp } from '../../server/site/app.ts';
import { readExposition } from '../support/http/exposition.ts';
import { type House, sharedHouse } from '../support/http/house.ts';
import { cli } from '../support/processes.ts';

const TOKEN = 'a-token-of-some-length';
const house = await sharedHouse({ publicUrl: 'https://grade.example.org', metricsToken: TOKEN });
const open = await sharedHouse();

describe('metrics', () => {
  test('are Prometheus text, with every name that was ever promised', async () => {
    const page = await open.person('reader', 'student');
    await request(open.app).get('/courses').set('Cookie', page.cookie).expect(200);
    const { text, headers } = await request(open.app).get('/metrics').expect(200);
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    const { value, types } = readExposition(text);
    expect(Object.fromEntries(types)).toEqual({
      gradeport_engine_up: 'gauge',
      gradeport_environments: 'gauge',
      gradeport_paused: 'gauge',
      gradeport_runs_awaiting_environment: 'gauge',
      gradeport_stored_bytes: 'gauge',
      gradeport_runs_waiting: 'gauge',
      gradeport_runs_running: 'gauge',
      gradeport_runs_total: 'counter',
      gradeport_run_seconds_total: 'counter',
      gradeport_run_queue_seconds: 'histogram',
      gradeport_container_start_seconds: 'histogram',
      gradeport_grading_seconds: 'histogram',
      gradeport_render_seconds: 'histogram',
      gradeport_stopped_attacks_total: 'counter',
      gradeport_event_loop_delay_seconds: 'gauge',
      gradeport_slot_requests_total: 'counter',
      gradeport_slots_waiting: 'gauge',
      gradeport_slots_opening: 'gauge',
      gradeport_slot_refills_total: 'counter',
      gradeport_slot_refill_seconds_total: 'counter',
    });
    expect(value('gradeport_engine_up')).toBe(1);
    expect(value('gradeport_environments{state="available"}')).toBe(1);
    expect(value('gradeport_runs_waiting')).toBe(0);
    expect(value('gradeport_slot_requests_total{result="hit"}')).toBe(3);
    expect(value('gradeport_slots_waiting{environment="a\\"b",runtime="runc"}')).toBe(3);
    expect(value('gradeport_slot_refill_seconds_total')).toBe(0.5);
    expect(value('gradeport_runs_total{verdict="success"}')).toBe(0);
    expect(value('gradeport_stopped_attacks_total{kind="link"}')).toBe(0);
    expect(value('gradeport_render_seconds_count{view="courses"}')).toBe(1);
  });

  test('say why all runs wait, as health and the page of environments do', async () => {
    const why = 'A disk is full, or has no room for more files.';
    const app = createApp({ ...open.deps, paused: () => why });
    const { text } = await request(app).get('/metrics').expect(200);
    expect(readExposition(text).value(`gradeport_paused{reason="${why}"}`)).toBe(1);
    for (const path of ['/healthz', '/readyz'])
      expect((await request(app).get(path).expect(200)).body).toMatchObject({ ok: false, paused: why });
    const { cookie } = await open.person('boss', null, true);
    const page = await request(app).get('/environments').set('Cookie', cookie).expect(200);
    expect(page.text).toContain(`No run is graded at the moment: ${why}`);
    const well = await request(open.app).get('/environments').set('Cookie', cookie).expect(200);
    expect(well.text).not.toContain('id="paused"');
  });

  test('count runs that wait for an environment, which is no fault of the server', async () => {
    const why = 'Task "sum" asks for environment "c++". No image announces "c++".';
    const awaited = () => [
      { environment: 'c++', why, runs: 3 },
      { environment: 'go', why: 'It is <b>gone</b>.', runs: 1 },
    ];
    const app = createApp({ ...open.deps, awaited });
    const { value } = readExposition((await request(app).get('/metrics').expect(200)).text);
    expect(value('gradeport_runs_awaiting_environment{environment="c++"}')).toBe(3);
    expect(value('gradeport_runs_awaiting_environment{environment="go"}')).toBe(1);
    const waiting = '4 runs wait for 2 environments that cannot grade now';
    for (const path of ['/healthz', '/readyz'])
      expect((await request(app).get(path).expect(200)).body).toMatchObject({
        ok: true,
        waiting: expect.stringContaining(waiting),
      });
    const { cookie } = await open.person('chief', null, true);
    const page = await request(app).get('/environments').set('Cookie', cookie).expect(200);
    expect(page.text).toContain('3 runs wait for environment c++, a day at most');
    expect(page.text).toContain('No image announces &quot;c++&quot;.');
    expect(page.text).toContain('1 run waits for environment go, a day at most');
    expect(page.text).toContain('It is &lt;b&gt;gone&lt;/b&gt;.');
    const student = await open.person('pupil', 'student');
    const seen = await request(app).get('/environments').set('Cookie', student.cookie).expect(200);
    expect(seen.text).not.toContain('c++');
    expect((await request(open.app).get('/healthz')).body).not.toHaveProperty('waiting');
  });

  test('are read anew each time, not added up', async () => {
    const read = async () => readExposition((await request(open.app).get('/metrics')).text);
    await read();
    expect((await read()).value('gradeport_slot_refills_total')).toBe(4);
  });
});

describe.each(['/metrics', '/api/slots'])('%s', (path) => {
  const anonymous = (from: House) => request(from.app).get(path);

  test('is open to this machine itself, where no proxy stands before the server', async () => {
    await anonymous(open).expect(200);
  });

  test.each([
    ['came through a proxy', 'X-Forwarded-For', '192.0.2.1'],
    ['came through another proxy', 'Forwarded', 'for=192.0.2.1'],
    ['was made by a page of a foreign name', 'Host', 'evil.example:8080'],
  ])('is closed to a request that %s', async (_, header, value) => {
    await anonymous(open).set(header, value).expect(401);
  });

  test('is closed behind a public URL, but for operators and those who have the token', async () => {
    await anonymous(house).expect(401);
    await anonymous(house).set('Authorization', 'Bearer wrong').expect(401);
    await anonymous(house).set('Authorization', `Bearer ${TOKEN}`).expect(200);
  });

  test('has no token that opens it where none is configured', async () => {
    for (const token of ['null', 'undefined', 'x']) {
      const closed = anonymous(open).set('Via', 'x');
      await closed.set('Authorization', `Bearer ${token}`).expect(401);
    }
  });

  test('is open to operators and closed to teachers, wherever they are', async () => {
    const name = path.replace(/\W/g, '');
    const operator = await open.person(`op-${name}`, null, true);
    const teacher = await open.person(`te-${name}`, 'teacher');
    await anonymous(open).set('Cookie', operator.cookie).set('Via', 'x').expect(200);
    await anonymous(open).set('Cookie', teacher.cookie).expect(403);
  });
});

describe('gradeport slots', () => {
  test('prints what a running server says, with the token where it is asked for', async () => {
    const server = house.app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const denied = await cli(['slots', '--url', url]);
      expect(denied.code).toBe(3);
      expect(denied.stderr).toContain('GRADEPORT_METRICS_TOKEN');
      const env = { GRADEPORT_METRICS_TOKEN: TOKEN };
      const told = await cli(['slots', '--url', url], { env });
      expect(told.code, told.stderr).toBe(0);
      expect(told.stdout).toContain(
        'hits 3 · misses 1 · being made 0 · refill 125 ms on average, last 80 ms',
      );
      const asJson = await cli(['slots', '--url', url, '--json'], { env });
      expect(JSON.parse(asJson.stdout)).toMatchObject({ hits: 3, misses: 1 });
    } finally {
      server.close();
    }
  });

  test('says where nothing answers, and what is no address', async () => {
    const nobody = await cli(['slots', '--url', 'http://127.0.0.1:9']);
    expect(nobody.code).toBe(5);
    expect(nobody.stderr).toContain('No server answers at http://127.0.0.1:9');
    expect((await cli(['slots', '--url', 'file:///etc/passwd'])).code).toBe(2);
  });
});
