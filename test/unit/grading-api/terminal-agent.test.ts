/** The student's terminal as its agent gives it: a pty, a shell, a log, and bounds. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { STDOUT, TERMINAL } from '../../../grading-api/protocol.ts';
import { type Agent, aCommand, startAgent } from '../../support/grading-api/agent.ts';
import { makeSlot, type Slot } from '../../support/grading-api/container.ts';

const SIZE = { columns: 80, rows: 24 };

/** A terminal that waits to be opened. */
async function waiting(slot: Slot, more: Partial<Record<keyof typeof aCommand, unknown>> = {}) {
  const agent = startAgent('student', slot);
  agent.send({ ...aCommand, command: '', ...more, terminal: true });
  await agent.message('terminal-waiting');
  return agent;
}

/** Opened, with everything it shows taken at once. */
async function opened(slot: Slot, more: Partial<Record<keyof typeof aCommand, unknown>> = {}) {
  const agent = await waiting(slot, more);
  agent.onBytes.add(({ stream, data }) => {
    if (stream === TERMINAL) agent.send({ type: 'terminal-taken', bytes: data.length });
  });
  agent.send({ type: 'terminal-open', ...SIZE });
  return agent;
}

const shows = (agent: Agent, text: string | RegExp) =>
  agent.until(`the terminal showing ${text}`, () => agent.printed(TERMINAL).match(text) ?? undefined);
const type = (agent: Agent, keys: string) => agent.sendBytes(TERMINAL, 0, keys);
const log = (slot: Slot) => readFile(join(slot.root, 'student/.ssh_logs'), 'utf8');

describe('a terminal', () => {
  test('is a shell of the student in its folder, between setup and teardown, and ends with the setup’s status', async () => {
    await using slot = await makeSlot();
    await using agent = await opened(slot, {
      command: "sh -c 'echo prepared > here; exit 3'",
      teardown: 'cat here made',
    });
    type(agent, 'cat here; id -u; tty; pwd; echo hi > made; exit 9\n');
    expect(await agent.message('exit')).toMatchObject({ code: 3, ended: 'exit' });
    expect(agent.printed(STDOUT)).toBe('prepared\nhi\n');
    expect(agent.printed(TERMINAL)).toMatch(/prepared\r\n4242\r\n\/dev\/pts\/\d+\r\n\/task\/student\r\n/);
  });

  test('has its own size, and learns of another one', async () => {
    await using slot = await makeSlot();
    await using agent = await opened(slot);
    type(agent, 'trap "stty size" WINCH; stty size; echo on""ce\n');
    await shows(agent, /24 80\r\nonce/);
    agent.send({ type: 'terminal-size', columns: 132, rows: 43 });
    type(agent, '\n');
    await shows(agent, '43 132');
  });

  test('passes Ctrl-C on to what runs in it', async () => {
    await using slot = await makeSlot();
    await using agent = await opened(slot);
    // One process from its first word on: between two programs a shell may take the key for itself.
    type(agent, `sh -c 'echo be""gun; exec sleep 60'\n`);
    await shows(agent, /^begun/m);
    type(agent, '\x03');
    // A shell forgets what was typed before it asks again.
    await shows(agent, /\^C\r\n[\s\S]*[$#] $/);
    type(agent, 'echo still he""re; exit\n');
    await shows(agent, 'still here');
    expect((await agent.message('exit')).code).toBe(0);
  });

  test('keeps what it showed, as nothing that the student put there can change', async () => {
    await using slot = await makeSlot();
    await using agent = await opened(slot, { teardown: 'cat .ssh_logs' });
    type(agent, 'ln -s /etc/passwd .ssh_logs; mkdir -p x; echo wri""tten; exit\n');
    await agent.message('exit');
    expect(await log(slot)).toContain('written\r\n');
    expect(await log(slot)).toBe(agent.printed(TERMINAL));
    expect(agent.printed(STDOUT)).toBe(await log(slot));
  });

  test('that is not read stands still within its window, and can be interrupted', async () => {
    await using slot = await makeSlot();
    const agent = await waiting(slot);
    agent.send({ type: 'terminal-open', ...SIZE });
    type(agent, 'yes\n');
    await agent.until('a full window', () => agent.printed(TERMINAL).length >= 64 * 1024 || undefined);
    type(agent, '\x03');
    type(agent, 'exit\n');
    const { code } = await agent.message('exit');
    expect(code).toBe(0);
    // The window, one read beyond it, and what the kernel still held at the end.
    expect(agent.printed(TERMINAL).length).toBeLessThan(256 * 1024);
    await agent.exit();
  });

  test('survives keys that are not read, in any number', async () => {
    await using slot = await makeSlot();
    await using agent = await opened(slot);
    type(agent, 'stty raw -echo; echo re""ady; sleep 60\n');
    await shows(agent, /^ready/m);
    for (let count = 0; count < 200; count++) type(agent, 'x'.repeat(16_000));
    agent.send({ type: 'terminal-close' });
    expect((await agent.message('exit')).code).toBe(0);
  });

  test('closed before anybody came runs its teardown and no shell', async () => {
    await using slot = await makeSlot();
    await using agent = await waiting(slot, { teardown: 'echo bye' });
    agent.send({ type: 'terminal-close' });
    expect((await agent.message('exit')).code).toBe(0);
    expect([agent.printed(STDOUT), agent.printed(TERMINAL)]).toEqual(['bye\n', '']);
  });

  test('leaves what setup and student started to its teardown', async () => {
    await using slot = await makeSlot();
    await using agent = await opened(slot, {
      command: "bash -c 'sleep 60 &'",
      teardown: 'pgrep -c sleep',
    });
    const all = 'until [ "$(pgrep -c sleep)" = 3 ]; do :; done';
    type(agent, `setsid sleep 61 & sleep 62 & trap "" HUP TERM; ${all}; echo go""ing\n`);
    await shows(agent, /^going/m);
    agent.send({ type: 'terminal-close' });
    expect((await agent.message('exit')).code).toBe(0);
    expect(agent.printed(STDOUT)).toBe('3\n');
  });

  test('without a teardown leaves nothing that runs', async () => {
    await using slot = await makeSlot();
    await using agent = await opened(slot);
    type(agent, 'setsid bash -c "while :; do date +%N > now; done" & until [ -s now ]; do :; done; exit\n');
    expect((await agent.message('exit')).code).toBe(0);
    const seen = await readFile(join(slot.root, 'student/now'), 'utf8');
    await agent.exit();
    expect(await readFile(join(slot.root, 'student/now'), 'utf8')).toBe(seen);
  });

  test('its log is as it was shown, also where a process of the student changes it later', async () => {
    await using slot = await makeSlot();
    await using agent = await opened(slot, {
      teardown: "bash -c 'until grep -qx forged .ssh_logs; do :; done'",
    });
    const begun = 'until grep -qx forged .ssh_logs; do :; done';
    type(agent, `setsid bash -c "while :; do echo forged > .ssh_logs; done" & ${begun}; exit\n`);
    expect((await agent.message('exit')).code).toBe(0);
    expect(await log(slot)).toBe(agent.printed(TERMINAL));
  });

  test('hides scripts/ from the student, and gives it back to the teardown as it was', async () => {
    await using slot = await makeSlot({
      'student/scripts/secret.sh': 'echo the answer is 42',
      'student/scripts/in/deep': 'deep',
    });
    await using agent = await opened(slot, {
      command: 'bash scripts/secret.sh',
      teardown: "bash -c 'cat scripts/secret.sh scripts/in/deep; ls scripts.*'",
    });
    type(agent, 'chmod -R 777 scripts; ls -la scripts; cat scripts/secret.sh; echo x > scripts/mine; exit\n');
    expect((await agent.message('exit')).code).toBe(0);
    expect(agent.printed(STDOUT)).toBe('the answer is 42\necho the answer is 42deepmine\n');
    expect(agent.printed(TERMINAL)).toMatch(/cat: scripts\/secret.sh: No such file/);
    expect(agent.printed(TERMINAL)).not.toContain('the answer');
  });
});

test('without a terminal in the command its words are refused', async () => {
  await using slot = await makeSlot();
  await using agent = startAgent('student', slot);
  agent.send({ ...aCommand, command: "sh -c 'echo on; sleep 60'" });
  await agent.until('output', () => agent.printed(STDOUT) || undefined);
  agent.send({ type: 'terminal-open', ...SIZE });
  agent.send({ type: 'signal', channel: 0, signal: 9 });
  expect((await agent.message('exit')).code).toBe(247);
  expect(agent.printed(TERMINAL)).toBe('');
});
