/**
 * A process that has what it would have on a Mac: no /proc, no control groups, no /run with the engine's socket, none of
 * Linux' programs for mounts and namespaces, no `docker`, and no root. Its engine is elsewhere, behind TCP with TLS.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, cpSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { makeAuthority } from './engine-address/certificates.ts';
import { openTlsEngine } from './engine-address/tls-engine.ts';
import { type Said, saidBy, userId } from './other-user.ts';
import { openPrivateEngine } from './private-engine.ts';
import { reachingCheckout } from './reaching-checkout.ts';

const FORBIDDEN = ['docker', 'dockerd', 'unshare', 'nsenter', 'setfacl', 'rm', 'umount', 'mount'];

export const whyNoOtherSystem = ((): string | null => {
  if (process.getuid?.() !== 0) return 'only root may take things away from a process';
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'pipe' });
    return null;
  } catch {
    return 'a mount namespace cannot be made here';
  }
})();

/** /dev/null takes the place of each forbidden program; `mount` is the last, because it hides the others. */
const SCRIPT = `
set -e
user=$1; shift
for program in ${FORBIDDEN.join(' ')}; do
  for folder in /usr/local/sbin /usr/local/bin /usr/sbin /usr/bin; do
    [ ! -e "$folder/$program" ] || hidden="$hidden $folder/$program"
  done
done
mount -t tmpfs none /sys
mount -t tmpfs none /run
mount -t tmpfs none /proc
for path in $hidden; do mount --bind /dev/null "$path"; done
exec setpriv --reuid="$user" --regid="$user" --clear-groups "$@"
`;

export type OtherSystem = {
  /** For DOCKER_HOST of a process that has everything. */
  engine: string;
  start(command: readonly string[]): ChildProcess;
  run(command: readonly string[]): Promise<Said>;
  [Symbol.asyncDispose](): Promise<void>;
};

/**
 * @param images that its engine has
 * @param place a folder of the user, for everything that is written
 * @param hidden folders that this engine does not see
 */
export async function openOtherSystem(
  images: readonly string[],
  place: string,
  hidden: readonly string[],
): Promise<OtherSystem> {
  await using undo = new AsyncDisposableStack();
  const engine = undo.use(await openPrivateEngine(images, 'none', [place, ...hidden]));
  const authority = await makeAuthority(join(place, 'authority'));
  const server = await authority.sign('server');
  const socket = engine.host.replace('unix://', '');
  const door = await openTlsEngine(server, (client) => {
    const there = connect({ path: socket, allowHalfOpen: true });
    for (const one of [client, there]) one.on('error', () => {});
    client.pipe(there).pipe(client);
    client.once('close', () => there.destroy());
    there.once('close', () => client.destroy());
  });
  undo.defer(() => door.close());
  const certificates = join(place, 'certificates');
  cpSync(await authority.sign('client'), certificates, { recursive: true });
  for (const name of ['', ...readdirSync(certificates)])
    chownSync(join(certificates, name), userId(), userId());
  const env = {
    PATH: process.env['PATH'] ?? '',
    LANG: 'C.UTF-8',
    NO_COLOR: '1',
    HOME: place,
    TMPDIR: place,
    DOCKER_HOST: door.host,
    DOCKER_TLS_VERIFY: '1',
    DOCKER_CERT_PATH: certificates,
    GRADEPORT_DATA: join(place, 'data'),
  };
  const start = (command: readonly string[]) => {
    const own = ['--mount', '--propagation=private', '--pid', '--fork', '--kill-child', '--ipc', '--uts'];
    const args = [...own, 'sh', '-c', SCRIPT, 'sh', String(userId()), ...command];
    const [program = '', ...rest] = reachingCheckout(['unshare', ...args]);
    return spawn(program, rest, { env, cwd: place });
  };
  const owned = undo.move();
  return {
    engine: engine.host,
    start,
    run: (command) => saidBy(start(command)),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
