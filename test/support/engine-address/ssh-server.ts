/**
 * A real sshd on a free port, with keys and settings of its own and the defaults for everything that limits connections
 * (MaxSessions 10, MaxStartups 10:30:100). A script `ssh` that comes first in the PATH gives the real ssh a client
 * configuration: ssh takes that from the user's home folder, which is not the test's.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from './listen-on.ts';

export const SSHD = '/usr/sbin/sshd';

export type SshServer = {
  /** For DOCKER_HOST. */
  host: string;
  port: number;
  /** The PATH with which ssh finds its key and knows the host. */
  path: string;
  folder: string;
  /** How many logins there were. */
  logins(): number;
  /** How many are logged in. */
  open(): number;
  /** Ends the connections of those who are logged in; sshd goes on listening. */
  cut(): void;
  [Symbol.asyncDispose](): Promise<void>;
};

/** @param settings lines for sshd_config; the first value of a setting counts */
export async function openSshServer(settings: readonly string[] = []): Promise<SshServer> {
  const folder = mkdtempSync(join(tmpdir(), 'gp-sshd-'));
  const at = (name: string) => join(folder, name);
  for (const name of ['host', 'user']) {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', at(name)]);
  }
  const port = await freePort();
  writeFileSync(at('authorized_keys'), readFileSync(at('user.pub')), { mode: 0o600 });
  writeFileSync(at('sshd_config'), [...settings, ...serverLines(folder, port)].join('\n'));
  writeFileSync(at('known_hosts'), `[127.0.0.1]:${port} ${readFileSync(at('host.pub'), 'utf8')}`);
  writeFileSync(at('ssh_config'), clientLines(folder).join('\n'));
  mkdirSync(at('bin'));
  const script = `#!/bin/sh\nexec /usr/bin/ssh -F '${at('ssh_config')}' "$@"\n`;
  writeFileSync(at('bin/ssh'), script, { mode: 0o755 });
  const privileges = privilegeFolder();
  const server = spawn(SSHD, ['-D', '-e', '-f', at('sshd_config')], { stdio: ['ignore', 'ignore', 'pipe'] });
  const gone = new Promise((resolve) => server.once('close', resolve));
  let log = '';
  server.stderr.on('data', (chunk) => {
    log += String(chunk);
  });
  await untilListens(port, () => log);
  return {
    host: `ssh://${userInfo().username}@127.0.0.1:${port}`,
    port,
    path: `${at('bin')}${delimiter}${process.env['PATH'] ?? ''}`,
    folder,
    logins: () => log.split('\n').filter((line) => line.startsWith('Accepted publickey')).length,
    open: () => childrenOf(server.pid ?? 0).length,
    cut() {
      for (const pid of childrenOf(server.pid ?? 0)) process.kill(pid, 'SIGTERM');
    },
    async [Symbol.asyncDispose]() {
      for (const pid of childrenOf(server.pid ?? 0)) process.kill(pid, 'SIGTERM');
      server.kill('SIGTERM');
      await gone;
      privileges.remove();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const serverLines = (folder: string, port: number): string[] => [
  `Port ${port}`,
  'ListenAddress 127.0.0.1',
  `HostKey ${folder}/host`,
  `AuthorizedKeysFile ${folder}/authorized_keys`,
  'PidFile none',
  'StrictModes no',
  'UsePAM no',
  'PasswordAuthentication no',
  'KbdInteractiveAuthentication no',
  'PermitRootLogin prohibit-password',
  'LogLevel VERBOSE',
  '',
];

const clientLines = (folder: string): string[] => [
  'Host *',
  `  IdentityFile ${folder}/user`,
  '  IdentitiesOnly yes',
  `  UserKnownHostsFile ${folder}/known_hosts`,
  '  GlobalKnownHostsFile none',
  // What a user may have set; one connection per command must not come of it.
  '  ControlMaster auto',
  `  ControlPath ${folder}/shared-%C`,
  '',
];

/** As root sshd wants this folder; the package's service makes it at each boot. */
function privilegeFolder(): { remove(): void } {
  const path = '/run/sshd';
  if (process.getuid?.() !== 0 || existsSync(path)) return { remove: () => {} };
  mkdirSync(path, { mode: 0o755 });
  return { remove: () => rmSync(path, { recursive: true, force: true }) };
}

async function untilListens(port: number, log: () => string): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!(await listens(port))) {
    if (performance.now() > deadline) throw new Error(`sshd does not listen:\n${log()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return text.split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}
