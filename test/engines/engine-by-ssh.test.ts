/** An engine behind ssh: many connections over one login, and what is said when there is no way in. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openEngine } from '../../server/adapters/open-engine.ts';
import { PROJECT_FOLDER } from '../../server/config/config.ts';
import { INSTANCE_LABEL } from '../../server/ports/engine/container-labels.ts';
import { containersContract } from '../contract/containers.contract.ts';
import { imagesContract } from '../contract/images.contract.ts';
import { doorAt } from '../support/engine-address/door-at.ts';
import { openSshServer, SSHD, type SshServer } from '../support/engine-address/ssh-server.ts';
import { expectListedAndGraded } from '../support/engine-address/uses-engine.ts';
import { specWith } from '../support/execution/policy-table.ts';
import { cli } from '../support/processes.ts';

const hasSshd = existsSync(SSHD);
if (!hasSshd) console.log('Skipped: there is no sshd here (Debian: openssh-server).');

describe.skipIf(!hasSshd)('by ssh', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gradeport-by-ssh-'));
  const at = ['--data', join(folder, 'data')];
  let server: SshServer;
  beforeAll(async () => {
    server = await openSshServer();
    vi.stubEnv('PATH', server.path);
    // Else the folders of sockets are there, beside those of the user's other programs.
    vi.stubEnv('XDG_RUNTIME_DIR', '');
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await server[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });
  const open = (host = server.host) => openEngine('engine', doorAt({ DOCKER_HOST: host }));
  const tunnels = () => readdirSync(tmpdir()).filter((name) => name.startsWith('gradeport-ssh-'));

  containersContract('by ssh', () => open());
  imagesContract('by ssh', () => open());

  test('commands list environments and grade', async () => {
    await expectListedAndGraded({ DOCKER_HOST: server.host }, at);
    expect(tunnels()).toEqual([]);
  });

  test('the doctor says where the engine is, from where it knows, and how far away it is', async () => {
    const env = { DOCKER_HOST: server.host, GRADEPORT_PORT: '0' };
    const { stdout } = await cli(['doctor', '--json', ...at], { env });
    const checks = JSON.parse(stdout) as { check: string; state: string; sentence: string }[];
    expect(checks.find(({ check }) => check === 'engine address')?.sentence).toMatch(
      /^ssh:\/\/\w+@127\.0\.0\.1:\d+, from: DOCKER_HOST\. It answers in \d/,
    );
    expect(checks.filter(({ check, state }) => check.startsWith('runtime') && state === 'fail')).toEqual([]);
  });

  test('fifty containers wait over one login, and each answers', async () => {
    const before = server.logins();
    const engine = open();
    try {
      const image = (await engine.images.inspect('gradeport/base:latest'))?.id ?? '';
      const heard: string[] = [];
      const begin = async (index: number) => {
        const spec = {
          ...specWith({ mounts: [] }),
          image,
          runtime: 'runc',
          command: ['/bin/sh', '-c', 'echo ready; read -r word; echo "$word"'],
          labels: { [INSTANCE_LABEL]: `test:${process.pid}` },
        };
        let said = '';
        const container = await engine.containers.start(spec, {
          stdout(bytes) {
            said += String(bytes);
            heard[index] = said;
          },
          stderr: () => {},
        });
        return container;
      };
      const containers = await Promise.all(Array.from({ length: 50 }, (_, index) => begin(index)));
      try {
        await expect.poll(() => heard.filter((said) => said === 'ready\n').length, WAIT).toBe(50);
        containers.forEach((container, index) => {
          container.write(Buffer.from(`number ${index}\n`));
        });
        const ends = await Promise.all(containers.map(({ ended }) => ended));
        expect(new Set(ends.map(({ exitCode }) => exitCode))).toEqual(new Set([0]));
        expect(heard).toEqual(containers.map((_, index) => `ready\nnumber ${index}\n`));
        expect(server.logins() - before).toBe(1);
      } finally {
        await Promise.all(containers.map((container) => container.remove()));
      }
    } finally {
      await engine.close();
    }
  }, 300_000);

  test('a connection that breaks is opened again by the next question', async () => {
    const engine = open();
    try {
      await engine.containers.info();
      const before = server.logins();
      server.cut();
      await expect
        .poll(() => engine.containers.info().catch(() => null), WAIT)
        .toMatchObject({ runtimes: expect.anything() });
      expect(server.logins()).toBe(before + 1);
    } finally {
      await engine.close();
    }
  });

  test('a process that is killed leaves no container, no login, and no folder once the next one came', async () => {
    const child = spawn(process.execPath, [WAITING], { env: { ...process.env, DOCKER_HOST: server.host } });
    const said = await once(child.stdout, 'data');
    const id = String(said).trim();
    expect(server.open()).toBe(1);
    child.kill('SIGKILL');
    await expect.poll(server.open, WAIT).toBe(0);
    const engine = open();
    try {
      const ids = async () => (await engine.containers.list(INSTANCE_LABEL)).map((one) => one.id);
      await expect.poll(ids, WAIT).not.toContain(id);
      await expect.poll(() => tunnels().length, WAIT).toBe(1);
    } finally {
      await engine.close();
    }
  });

  const refusal = async (host: string) => {
    const { code, stderr } = await cli(['env', 'list', ...at], { env: { DOCKER_HOST: host } });
    expect(code, stderr).toBe(5);
    return stderr;
  };

  test('a host without an engine, and one that is not there, are named', async () => {
    expect(await refusal(`${server.host}/nowhere.sock`)).toMatch(
      /There is no socket of a container engine on ssh:\/\/.*, at \/nowhere\.sock\. Start Docker there/,
    );
    expect(await refusal('ssh://127.0.0.1:9')).toContain('does not answer to ssh');
  });

  test('a host that the user does not know, or that does not know the user, is named', async () => {
    const known = join(server.folder, 'known_hosts');
    const right = readFileSync(known, 'utf8');
    try {
      writeFileSync(known, '');
      expect(await refusal(server.host)).toMatch(
        /has not confirmed yet\. Log in once by hand.*: ssh -p \d+ /,
      );
      const other = readFileSync(join(server.folder, 'user.pub'), 'utf8');
      writeFileSync(known, `[127.0.0.1]:${server.port} ${other}`);
      expect(await refusal(server.host)).toContain('shows another host key than before');
    } finally {
      writeFileSync(known, right);
    }
    const authorized = join(server.folder, 'authorized_keys');
    const keys = readFileSync(authorized, 'utf8');
    try {
      writeFileSync(authorized, '');
      expect(await refusal(server.host)).toMatch(
        /does not let this user in\. Make this work without a question/,
      );
    } finally {
      writeFileSync(authorized, keys);
    }
  });

  test('a host that forbids forwarding is named', async () => {
    await using strict = await openSshServer(['AllowStreamLocalForwarding no']);
    const { code, stderr } = await cli(['env', 'list', ...at], {
      env: { DOCKER_HOST: strict.host, PATH: strict.path },
    });
    expect(code, stderr).toBe(5);
    expect(stderr).toContain('takes no connection');
    expect(stderr).toContain('AllowStreamLocalForwarding yes');
  });
});

const WAITING = join(PROJECT_FOLDER, 'test/support/engine-address/waiting-child.ts');
const WAIT = { timeout: 60_000, interval: 50 };
