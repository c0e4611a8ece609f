/** Attacks on and from terminals: somebody else's, floods, frames, sizes, and what would stay behind. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { signIn } from '../support/api.ts';
import { type Ground, openGround, shellTask } from '../support/attacks/server-under-attack.ts';
import {
  connect,
  join,
  processesWith,
  type Sitting,
  settled,
  sitDown,
  WAIT,
} from '../support/attacks/terminal-user.ts';
import { gone } from '../support/live/live-house.ts';

let ground: Ground;
let sitting: Sitting;
beforeAll(async () => {
  ground = await openGround();
  await shellTask(ground);
});
afterAll(() => ground.close());
beforeEach(async () => {
  sitting = await sitDown(ground, ground.victim);
});
/** Whatever was tried: the run ends when its student says so, and the next one is graded as ever. */
afterEach(async () => {
  if ((await ground.stateOf(sitting.run, ground.victim)) !== 'done') {
    const last = await connect(ground, ground.victim);
    await join(last, sitting.run);
    last.emit('terminal:finish', { run: sitting.run });
    await sitting.verdict();
    last.disconnect();
  }
  sitting.socket.disconnect();
  const { run } = await ground.graded('python-sum', { code: 'def total(numbers): return sum(numbers)' });
  expect((await ground.eve.get(`/api/runs/${run}`)).body).toMatchObject({ outcome: { verdict: 'success' } });
});

const GROWTH = 200 * 2 ** 20;

describe('somebody else’s terminal', () => {
  test('can be neither joined nor read, typed into, resized or finished', async () => {
    const { run, type, shows } = sitting;
    const eve = await connect(ground, ground.eve);
    const heard: unknown[] = [];
    eve.on('terminal:output', (...output) => heard.push(output));
    for (const id of [run, 'none']) {
      expect(await join(eve, id)).toEqual({ ok: false, error: 'There is no such run.' });
    }
    eve.emit('terminal:keys', { run, keys: 'touch owned\r' });
    eve.emit('terminal:size', { run, columns: 7, rows: 7 });
    eve.emit('terminal:finish', { run });
    await settled(eve);
    type('ls; stty size; echo in""tact\r');
    await shows(/24 80\r\nintact/);
    expect(sitting.seen.text).not.toContain('owned');
    expect(heard).toEqual([]);
    eve.disconnect();
  });

  test('is its teachers’ to look at, and not to type into', async () => {
    const { run, type, shows } = sitting;
    const { name, password } = ground.server.accounts.teacher;
    const teacher = await connect(ground, await signIn(ground.server.url, name, password));
    expect(await join(teacher, run)).toMatchObject({ ok: true, value: { writable: false } });
    teacher.emit('terminal:keys', { run, keys: 'touch owned\r' });
    teacher.emit('terminal:size', { run, columns: 7, rows: 7 });
    teacher.emit('terminal:finish', { run });
    await settled(teacher);
    type('ls; stty size; echo in""tact\r');
    await shows(/24 80\r\nintact/);
    expect(sitting.seen.text).not.toContain('owned');
    teacher.disconnect();
  });

  test('is closed to who signed out', async () => {
    const { name, password } = ground.server.accounts.other;
    const session = await signIn(ground.server.url, name, password);
    const page = await connect(ground, session);
    expect(await join(page, sitting.run)).toMatchObject({ ok: true });
    const end = gone(page);
    await ground.request('/sign-out', {
      as: session,
      method: 'POST',
      headers: { origin: ground.server.url },
    });
    await end;
    await expect(connect(ground, session)).rejects.toThrow();
  });
});

describe('floods', () => {
  test('of output cost the server no memory, others no time, and stop when their student says so', async () => {
    const before = process.memoryUsage().rss;
    sitting.type('yes 0123456789abcdef\r');
    await sitting.shows(/(0123456789abcdef\r\n){1000}/);
    const begun = performance.now();
    await ground.graded('quiz', { stack: '0', exits: ['0'], hex: '42' });
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(GROWTH);
    sitting.finish();
    expect(await sitting.verdict()).toBe('failed');
  });

  test('into a page that takes nothing are held up', async () => {
    const before = process.memoryUsage().rss;
    sitting.seen.takes = false;
    sitting.type('yes 0123456789abcdef | tee count\r');
    const other = await connect(ground, ground.victim);
    await vi.waitFor(async () => {
      const joined = await join(other, sitting.run);
      expect(joined.ok && joined.value.screen.byteLength).toBeGreaterThan(1000);
    }, WAIT);
    const joined = await join(other, sitting.run);
    expect(joined.ok && joined.value.screen.byteLength).toBeLessThanOrEqual(256 * 1024);
    expect(process.memoryUsage().rss - before).toBeLessThan(GROWTH);
    other.disconnect();
  });

  test('of keys, of sizes and of joins end their connection, and not the terminal', async () => {
    const { run } = sitting;
    const floods = [
      (n: number) => ['terminal:keys', { run, keys: `x${n}` }] as const,
      (n: number) => ['terminal:size', { run, columns: 1 + (n % 1000), rows: 1 + (n % 999) }] as const,
    ];
    for (const message of floods) {
      const page = await connect(ground, ground.victim);
      expect(await join(page, run)).toMatchObject({ ok: true });
      const end = gone(page);
      for (let count = 0; count < 2000; count += 1)
        page.emit(...(message(count) as ['terminal:keys', never]));
      expect(await end).toMatch(/io server disconnect|transport close/);
    }
    // The flooded line is dropped first: what comes together with Ctrl-C may go with it.
    sitting.type('\x03');
    await sitting.shows(/\^C[\s\S]*\$ /);
    sitting.type('stty size; echo in""tact\r');
    await sitting.shows(/\d+ \d+\r\nintact/);
  });
});

describe('frames and sizes', () => {
  test('that are too large end their connection, and not the terminal', async () => {
    for (const keys of ['x'.repeat(100_000), 'x'.repeat(10_000_000)]) {
      const page = await connect(ground, ground.victim);
      expect(await join(page, sitting.run)).toMatchObject({ ok: true });
      const end = gone(page);
      page.emit('terminal:keys', { run: sitting.run, keys });
      expect(await end).toBe('transport close');
    }
    sitting.type('echo in""tact\r');
    await sitting.shows(/[\r\n]intact/);
  });

  test('that no screen has change nothing', async () => {
    const { run, socket, type, shows } = sitting;
    const sizes: unknown[] = [
      ...[0, -1, 1.5, 1001, 65_536, 2 ** 31, 1e308, Number.NaN, '80', null, { valueOf: 1 }],
    ];
    for (const cells of sizes) {
      // As a page may send them: no type allows them.
      socket.emit('terminal:size', { run, columns: cells, rows: 24 } as never);
      socket.emit('terminal:size', { run, columns: 80, rows: cells } as never);
    }
    type('stty size; echo in""tact\r');
    await shows(/24 80\r\nintact/);
    socket.emit('terminal:size', { run, columns: 1, rows: 1 });
    socket.emit('terminal:size', { run, columns: 1000, rows: 1000 });
    type('stty size\r');
    await shows(/1000 1000/);
  });
});

describe('what would stay behind', () => {
  test('is gone with the run: processes that left the terminal, its session and every signal', async () => {
    const word = `97${String(process.pid).padStart(7, '0')}`;
    sitting.type(`setsid bash -c 'trap "" HUP TERM INT; exec -a kept sleep ${word}' & \r`);
    sitting.type(`setsid nohup sleep ${word} </dev/null >/dev/null 2>&1 & \r`);
    await vi.waitFor(async () => expect(await processesWith(word)).not.toEqual([]), WAIT);
    sitting.type('exit\r');
    expect(await sitting.verdict()).toBe('failed');
    await vi.waitFor(async () => expect(await processesWith(word)).toEqual([]), WAIT);
    const { run, socket } = sitting;
    expect(await join(socket, run)).toEqual({ ok: false, error: 'This run has no terminal open now.' });
    socket.emit('terminal:keys', { run, keys: 'late\r' });
    socket.emit('terminal:finish', { run });
    expect(await settled(socket)).toMatchObject({ ok: true });
  });

  test('is gone when the run is stopped while its terminal is busy', async () => {
    const word = `98${String(process.pid).padStart(7, '0')}`;
    sitting.type(`sh -c 'trap "" HUP TERM INT; while :; do sleep ${word}; done'\r`);
    await vi.waitFor(async () => expect(await processesWith(word)).not.toEqual([]), WAIT);
    await ground.request(`/api/runs/${sitting.run}/kill`, { as: ground.victim, method: 'POST' });
    expect(await sitting.verdict()).toBe('killed');
    await vi.waitFor(async () => expect(await processesWith(word)).toEqual([]), WAIT);
    expect(await join(sitting.socket, sitting.run)).toMatchObject({ ok: false });
  });

  test('of escape sequences in its log, a page shows nothing', async () => {
    const sequences =
      '\\033]0;title\\007\\033]52;c;c3RvbGVu\\007\\033[c\\033[6n\\033[21t\\033P$q\\"p\\033\\\\\\033[2J\\033[?1049h\\233' +
      '31m\\001\\002';
    sitting.type(`printf '${sequences}'; printf '<script>alert(1)</script>'; exit\r`);
    expect(await sitting.verdict()).toBe('failed');
    const page = await (await ground.request(`/runs/${sitting.run}`, { as: ground.victim })).text();
    expect(page).toContain('&lt;script&gt;alert(1)');
    expect(page).not.toMatch(/<script>alert/);
    expect(page.replace(/[\t\r\n]/g, '')).not.toMatch(/\p{Cc}/u);
  });
});
