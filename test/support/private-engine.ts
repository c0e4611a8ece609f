/**
 * A dockerd of a test's own, with its own containerd, folders and cgroups: it can be killed without harm to anybody,
 * and every process that it ever started can be found. Root on Linux only.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export type PrivateEngine = {
  /** For DOCKER_HOST. */
  host: string;
  /** How much memory all its containers may take together; null: as much as there is. */
  limitMemory(bytes: number | null): void;
  /** kill -9 of dockerd, which takes its containerd along, then a new start; settles when it answers. */
  restart(): Promise<void>;
  /** Words before a command that make it run in the engine's network. */
  inItsNetwork(): [string, ...string[]];
  /** pid → command line of everything that lives because of it, but for dockerd and containerd themselves. */
  processes(): Map<number, string>;
  [Symbol.asyncDispose](): Promise<void>;
};

const READY_MS = 60_000;
/** The engine's own address on its default network, where network is 'own'; containers there ask it for names. */
export const OWN_ADDRESS = '10.99.0.1';
/** As set-up configures them, setup/daemon-config.mjs. */
const RUNTIMES = {
  crun: { path: '/usr/bin/crun' },
  runsc: { path: '/usr/local/bin/runsc', runtimeArgs: ['--network=none', '--overlay2=root:memory'] },
};

/**
 * gVisor with a network. Older versions refuse one where they find a file that only the machine's own network used to
 * have; newer kernels show it in all. So nothing of /proc/sys is there but the one file that gVisor cannot do without.
 */
const WITH_NETWORK = `#!/bin/sh
exec unshare --mount sh -c 'least=$(cat /proc/sys/vm/mmap_min_addr) && mount -t tmpfs none /proc/sys &&
mkdir /proc/sys/vm && echo "$least" >/proc/sys/vm/mmap_min_addr && exec "$@"' sh ${RUNTIMES.runsc.path} "$@"
`;

type Network = 'none' | 'machine' | 'own';

/**
 * @param images that it has: copied from the machine's engine
 * @param network 'none'; the machine's, to reach a registry on its loopback; or its own, with networks for containers
 *   and the packet filter between them, which gVisor has, too, and which lead nowhere else
 * @param hidden folders that are empty where it looks: as if it were on another machine
 */
export async function openPrivateEngine(
  images: readonly string[],
  network: Network = 'none',
  hidden: readonly string[] = [],
): Promise<PrivateEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'gp-engine-'));
  const cgroup = `/${folder.split('/').at(-1)}`;
  const host = `unix://${folder}/e.sock`;
  writeFileSync(join(folder, 'daemon.json'), JSON.stringify(configFor(network, folder)));
  if (network === 'own') writeFileSync(withNetwork(folder), WITH_NETWORK, { mode: 0o755 });
  const bridge = network === 'machine' ? openBridge() : null;
  const options = network === 'own' ? OWN_NETWORK : givenNetwork(bridge);
  const start = async () => {
    rmSync(join(folder, 'pid'), { force: true });
    rmSync(join(folder, 'exec/containerd/containerd.pid'), { force: true });
    launch(folder, host, cgroup, { options, ownNetwork: bridge === null, hidden });
    await untilAnswers(folder);
  };
  const pid = () => Number(readFileSync(join(folder, 'pid'), 'utf8'));
  const processes = () => processesOf(folder, cgroup);
  const end = async () => {
    if (existsSync(join(folder, 'pid'))) await gone(pid(), 'SIGTERM');
    for (const left of processes().keys()) await gone(left, 'SIGKILL');
    for (const path of mountsBelow(folder)) execFileSync('umount', ['-l', path]);
    rmSync(folder, { recursive: true, force: true });
    removeCgroups(cgroup);
    bridge?.close();
  };
  try {
    await start();
    for (const image of images) {
      execFileSync('sh', ['-c', 'docker save "$0" | docker -H "$1" load', image, host], { stdio: 'ignore' });
    }
  } catch (error) {
    await end();
    throw error;
  }
  return {
    host,
    limitMemory: (bytes) => limitMemory(cgroup, bytes),
    async restart() {
      await gone(pid(), 'SIGKILL');
      await start();
    },
    inItsNetwork: () => ['nsenter', `--net=/proc/${pid()}/ns/net`],
    processes,
    [Symbol.asyncDispose]: end,
  };
}

const withNetwork = (folder: string): string => join(folder, 'runsc-with-network');

function configFor(network: Network, folder: string) {
  const installed = Object.fromEntries(Object.entries(RUNTIMES).filter(([, { path }]) => existsSync(path)));
  const runsc = { path: withNetwork(folder), runtimeArgs: ['--overlay2=root:memory'] };
  const changed = network === 'own' && 'runsc' in installed ? { runsc } : {};
  return { 'live-restore': true, runtimes: { ...installed, ...changed } };
}

const OWN_NETWORK = `--bip ${OWN_ADDRESS}/24 --dns ${OWN_ADDRESS}`;
const givenNetwork = (bridge: Bridge | null): string =>
  `--bridge ${bridge?.name ?? 'none'} --iptables=false --ip6tables=false --ip-forward=false`;

type Bridge = { name: string; close(): void };

/** Without one of its own it would use docker0, or take it away: that is the machine's engine's, which makes this one. */
function openBridge(): Bridge {
  const name = `gp-${process.pid}`;
  const make = ['network', 'create', '-o', `com.docker.network.bridge.name=${name}`, name];
  const id = execFileSync('docker', make, { encoding: 'utf8' }).trim();
  return { name, close: () => void execFileSync('docker', ['network', 'rm', id], { stdio: 'ignore' }) };
}

type Surroundings = { options: string; ownNetwork: boolean; hidden: readonly string[] };

function launch(
  folder: string,
  host: string,
  cgroup: string,
  { options, ownNetwork, hidden }: Surroundings,
): void {
  const dockerd = [
    `exec dockerd -H ${host} --config-file ${folder}/daemon.json --data-root ${folder}/data`,
    `--exec-root ${folder}/exec --pidfile ${folder}/pid --cgroup-parent ${cgroup}`,
    `${options} >>${folder}/log 2>&1`,
  ].join(' ');
  // As setup/daemon.mjs does it: crun refuses a machine whose cgroup trees are mixed.
  const hide = 'for place; do mount -t tmpfs hidden "$place"; done';
  const script = `umount /sys/fs/cgroup/unified 2>/dev/null; ${hide}; ${dockerd}`;
  // A network of its own: an engine without a bridge takes docker0 away.
  const own = ownNetwork ? ['--net', '--mount'] : ['--mount'];
  const child = spawn('unshare', [...own, '--propagation', 'slave', 'sh', '-c', script, 'sh', ...hidden], {
    detached: true,
    stdio: 'ignore',
  });
  child.unref();
}

async function untilAnswers(folder: string): Promise<void> {
  const deadline = performance.now() + READY_MS;
  for (;;) {
    try {
      execFileSync('docker', ['-H', `unix://${folder}/e.sock`, 'version'], {
        stdio: 'ignore',
        timeout: 5000,
      });
      return;
    } catch (error) {
      if (performance.now() > deadline) {
        const log = readFileSync(join(folder, 'log'), 'utf8').slice(-2000);
        throw new Error(`The test's own engine does not answer:\n${log}`, { cause: error });
      }
      await pause(100);
    }
  }
}

async function gone(pid: number, signal: NodeJS.Signals): Promise<void> {
  try {
    for (process.kill(pid, signal); ; process.kill(pid, 0)) await pause(20);
  } catch {
    // There is no such process any more.
  }
}

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

function processesOf(folder: string, cgroup: string): Map<number, string> {
  const found = new Map<number, string>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const command = read(`/proc/${name}/cmdline`).replaceAll('\0', ' ').trim();
    // A zombie has no command line, and belongs to the process that should have waited for it.
    if (command === '' || /^(dockerd|containerd) /.test(command)) continue;
    const isOurs = command.includes(folder) || read(`/proc/${name}/cgroup`).includes(`:${cgroup}/`);
    if (isOurs) found.set(Number(name), command);
  }
  return found;
}

const mountsBelow = (folder: string): string[] =>
  read('/proc/self/mountinfo')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((path) => path.startsWith(`${folder}/`))
    .toReversed();

/** In either version of control groups. */
function limitMemory(cgroup: string, bytes: number | null): void {
  const [first, second] = ['/sys/fs/cgroup/memory', '/sys/fs/cgroup'].map((top) => `${top}${cgroup}`);
  if (existsSync(`${first}/memory.limit_in_bytes`))
    writeFileSync(`${first}/memory.limit_in_bytes`, String(bytes ?? -1));
  else writeFileSync(`${second}/memory.max`, String(bytes ?? 'max'));
}

function removeCgroups(cgroup: string): void {
  for (const controller of readdirSync('/sys/fs/cgroup')) {
    const top = `/sys/fs/cgroup/${controller}${cgroup}`;
    if (existsSync(top)) execFileSync('find', [top, '-depth', '-type', 'd', '-exec', 'rmdir', '{}', '+']);
  }
}
