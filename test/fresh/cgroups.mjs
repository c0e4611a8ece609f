// A group of its own in each of this machine's trees of cgroups: with a cgroup namespace it is the top of what is seen.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import process from 'node:process';
import { SetupError } from '../../setup/steps.mjs';
import { atEnd, must } from './undo.mjs';

const GONE_MS = 30_000;

/** @typedef {{ type: string, point: string, options: string, group: string }} Tree */

/** @returns {Tree[]} what is started within them ends with this program */
export function openCgroups() {
  const trees = treesOfThisMachine();
  if (!trees.some(({ type }) => type === 'cgroup')) {
    throw new SetupError('on cgroup version 2 this is not made yet', 'npm test   (on a machine that is new)');
  }
  for (const { group } of trees) {
    mkdirSync(group);
    atEnd(() => removeGroups(group));
    inheritProcessors(group);
  }
  // All trees have the same processes.
  atEnd(() => endAll(trees[0]?.group ?? ''));
  return trees;
}

/** As proc_pid_mountinfo(5) has them; the last word of a line: "rw,cpuacct". */
function treesOfThisMachine() {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  return lines.flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const [type = '', , options = ''] = after.split(' ');
    if (type !== 'cgroup' && type !== 'cgroup2') return [];
    const point = before.split(' ')[4] ?? '';
    const group = join(point, `gp-fresh-${process.pid}`);
    return [{ type, point, options: optionsOf(type, options), group }];
  });
}

/**
 * @param {string} type
 * @param {string} options
 */
function optionsOf(type, options) {
  const names = options.split(',').filter((name) => name !== 'rw' && type === 'cgroup');
  if (names.some((name) => name.startsWith('name='))) return ['none', ...names].join(',');
  return names.join(',') || 'rw';
}

/** @param {string} group a new one of cpuset has neither processors nor memory, and takes no process */
function inheritProcessors(group) {
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    try {
      writeFileSync(join(group, file), readFileSync(join(group, '..', file)));
    } catch {
      return; // another tree
    }
  }
}

/**
 * A command that begins in these groups, as does all that it starts.
 * @param {Tree[]} trees
 * @param {string[]} command
 * @returns {[string, string[]]} for spawn
 */
export function within(trees, command) {
  const script = 'while [ "$1" != -- ]; do echo 0 >"$1/cgroup.procs"; shift; done; shift; exec "$@"';
  return ['sh', ['-c', script, 'sh', ...trees.map(({ group }) => group), '--', ...command]];
}

/** Ends what is in it, by pid. @param {string} group */
function endAll(group) {
  const deadline = performance.now() + GONE_MS;
  for (let pids = pidsIn(group); pids.length > 0; pids = pidsIn(group)) {
    for (const pid of pids) endOne(pid);
    if (performance.now() > deadline) throw new Error(`these processes do not end: ${pids.join(' ')}`);
    // The process ends meanwhile: nothing asynchronous is possible any more.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
  }
}

/** @param {number} pid */
function endOne(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone.
  }
}

/** @param {string} group */
const pidsIn = (group) =>
  readdirSync(group, { recursive: true, encoding: 'utf8' })
    .filter((name) => basename(name) === 'cgroup.procs')
    .flatMap((name) => readFileSync(join(group, name), 'utf8').split('\n').filter(Boolean).map(Number));

/** @param {string} group */
const removeGroups = (group) => must(`find ${group} -depth -type d -exec rmdir {} +`);
