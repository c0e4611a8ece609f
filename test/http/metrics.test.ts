import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import request from 'supertest';
import { describe, expect, test } from 'vitest';
import { metricsText } from '../../server/site/api/metrics-text.ts';
import { type House, sharedHouse } from '../support/http/house.ts';
import { cli } from '../support/processes.ts';

const TOKEN = 'a-token-of-some-length';
const house = await sharedHouse({ publicUrl: 'https://grade.example.org', metricsToken: TOKEN });
const open = await sharedHouse();

describe('metrics', () => {
  test('are Prometheus text: every line is a comment or a name, labels and a number', async () => {
    const { text, headers } = await request(open.app).get('/metrics').expect(200);
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    for (const line of text.trimEnd().split('\n')) {
      expect(line).toMatch(
        /^(# (HELP|TYPE) gradeport_\w+ .+|gradeport_\w+(\{(\w+="[^"\n]*",?)+\})? [\d.e+-]+)$/,
      );
    }
    expect(text).toContain('\ngradeport_engine_up 1\n');
    expect(text).toContain('\ngradeport_environments{state="available"} 1\n');
    expect(text).toContain('\ngradeport_slot_requests_total{result="hit"} 3\n');
    expect(text).toContain('\ngradeport_slot_refill_seconds_total 0.5\n');
    expect(text).toContain('\ngradeport_runs_total{verdict="success"} 0\n');
  });

  test('escape what could end a label', () => {
    const samples = [{ labels: { name: 'a"b\\c\nd' }, value: 1 }];
    expect(metricsText([{ name: 'x', help: 'X.', type: 'gauge', samples }])).toBe(
      '# HELP x X.\n# TYPE x gauge\nx{name="a\\"b\\\\c\\nd"} 1\n',
    );
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
