// Starts and stops our own dockerd, on a machine without a service manager that does it.
import { spawn } from 'node:child_process';
import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { ping } from './engine-api.mjs';
import { processName, readOr } from './machine.mjs';
import { hasHybridCgroups, shareMounts } from './mounts.mjs';
import { SetupError } from './steps.mjs';

const OUR_PID_FILE = '/run/gradeport-dockerd.pid';
const LOG = '/var/log/dockerd.log';
const READY_MS = 60_000;
const STOP_MS = 30_000;
const POLL_MS = 100;

/** The pid of the dockerd that we started, if it still runs. */
export function ourDaemon() {
  const pid = Number(readOr(OUR_PID_FILE));
  return pid > 0 && processName(pid) === 'dockerd' ? pid : undefined;
}

/** @param {import('./steps.mjs').Note} note */
export async function startDaemon(note) {
  if (!ourDaemon()) {
    removeLeftovers();
    await shareMounts();
    launch();
  }
  await ready(note);
}

/** After a kill -9 these files name processes that are gone, or others that got their pid: dockerd would trust them. */
function removeLeftovers() {
  const files = { dockerd: '/var/run/docker.pid', containerd: '/var/run/docker/containerd/containerd.pid' };
  for (const [name, file] of Object.entries(files)) {
    if (processName(Number(readOr(file, '0'))) !== name) rmSync(file, { force: true });
  }
}

function launch() {
  const log = openSync(LOG, 'a');
  const hidden = [
    '--mount',
    '--propagation',
    'slave',
    'sh',
    '-c',
    'umount /sys/fs/cgroup/unified; exec dockerd',
  ];
  const [command, args] = hasHybridCgroups() ? ['unshare', hidden] : ['dockerd', []];
  // detached: a session of its own, so that neither Ctrl-C nor a closed terminal reaches it.
  const child = spawn(command, args, { detached: true, cwd: '/', stdio: ['ignore', log, log] });
  child.once('error', () => {}); // the wait for its answer then fails and shows the log
  child.unref();
  closeSync(log);
  if (child.pid) writeFileSync(OUR_PID_FILE, `${child.pid}\n`); // unshare and sh exec: the pid stays
}

/** @param {import('./steps.mjs').Note} note */
async function ready(note) {
  const startedMs = performance.now();
  while (!(await ping())) {
    note('waiting until it answers');
    await sleep(POLL_MS);
    if (performance.now() - startedMs > READY_MS || !isStarting()) throw notReady();
  }
}

/** True while the process that becomes dockerd lives (it is called unshare and sh before). */
const isStarting = () => processName(Number(readOr(OUR_PID_FILE, '0'))) !== '';

function notReady() {
  const lines = readOr(LOG).trimEnd().split('\n').slice(-8);
  const shown = lines.map((line) => `\n    ${line}`).join('');
  return new SetupError(`dockerd does not answer; the end of ${LOG}:${shown}`, `less ${LOG}`);
}

/** @returns {Promise<boolean>} false when our dockerd does not run */
export async function stopDaemon() {
  const pid = ourDaemon();
  if (!pid) return false;
  process.kill(pid, 'SIGTERM');
  const startedMs = performance.now();
  while (processName(pid) === 'dockerd') {
    if (performance.now() - startedMs > STOP_MS) {
      throw new SetupError(`dockerd (pid ${pid}) does not stop`, `kill -9 ${pid}`);
    }
    await sleep(POLL_MS);
  }
  rmSync(OUR_PID_FILE, { force: true });
  return true;
}

/** Makes the running dockerd read its configuration again. */
export function reloadDaemon() {
  const pid = ourDaemon();
  if (pid) process.kill(pid, 'SIGHUP');
}
