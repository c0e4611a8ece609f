/** What a test run could leave on the machine: looked at before the first test and after the last. */

import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { globSync, mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { openClient } from '../../server/adapters/docker/client.ts';
import { RUN_NETWORK } from '../../server/adapters/docker/run-network.ts';
import { CONTENT_LABEL } from '../../server/adapters/docker/volumes/contents.ts';
import { PROJECT_FOLDER } from '../../server/config/config.ts';
import { isKeptName } from '../../server/environments/discovery/environments-of-images.ts';
import { FILES_LABEL, INSTANCE_LABEL } from '../../server/ports/engine/container-labels.ts';
import { sayLeftOut } from './left-out.ts';
import { installationsOfOthers, isMarked, isOthers, MARKER, pids } from './others.ts';

export type MachineState = Record<
  'containers' | 'networks' | 'volumes' | 'images' | 'names' | 'mounts' | 'cgroups' | 'files' | 'checkout',
  string[]
>;

declare module 'vitest' {
  interface ProvidedContext {
    machineBefore: MachineState;
    testRun: string;
  }
}

export async function machineState(testRun: string): Promise<MachineState> {
  const docker = openClient();
  const [containers, networks, { Volumes }, images] = await Promise.all([
    docker.listContainers({ all: true }),
    docker.listNetworks(),
    docker.listVolumes(),
    docker.listImages(),
  ]);
  const tags = images.flatMap(({ RepoTags }) => RepoTags ?? []);
  const others = installationsOfOthers(testRun);
  return {
    containers: containers
      .filter(({ Labels }) => !belongsToOthers(Labels, testRun))
      .map(({ Id, Labels }) => `${Id.slice(0, 12)} ${JSON.stringify(Labels)}`),
    // One network serves all runs of an engine, and stays.
    networks: networks
      .filter(({ Name }) => Name !== RUN_NETWORK)
      .map(({ Id, Name }) => `${Id.slice(0, 12)} ${Name}`),
    volumes: (Volumes ?? [])
      .filter(({ Labels }) => !(CONTENT_LABEL in (Labels ?? {})) && !belongsToOthers(Labels ?? {}, testRun))
      .map(({ Name }) => Name),
    images: tags.filter((tag) => tag.includes('test') && !isKeptName(tag) && !isNamedByOthers(tag, testRun)),
    names: tags.filter((tag) => isKeptName(tag) && !others.has(tag.split('-').at(-1) ?? '')),
    mounts: readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .filter((line) => line.includes(`${tmpdir()}/`)),
    cgroups: startedDirectly(testRun),
    files: readdirSync(tmpdir()),
    checkout: execFileSync('git', ['status', '--porcelain'], { cwd: PROJECT_FOLDER, encoding: 'utf8' }).split(
      '\n',
    ),
  };
}

/** Tests name their images after their process: another test run may be at work. */
const isNamedByOthers = (tag: string, testRun: string): boolean =>
  [...tag.matchAll(/-(\d+)(?=[-:])/g)].some(([, pid = '']) => isOthers(pid, testRun));

/** "server:<data folder>@<id>", "test:<folder>", "cli:<pid>"; or the process for which it keeps an image's files. */
function belongsToOthers(labels: Record<string, string>, testRun: string): boolean {
  const [kind, owner = ''] = (labels[INSTANCE_LABEL] ?? '').split(':');
  if (kind === 'server') return !owner.startsWith(`${tmpdir()}/`);
  const pid = kind === 'cli' ? owner : labels[FILES_LABEL]?.split('.')[0];
  return pid !== undefined && isOthers(pid, testRun);
}

/** Control groups of containers that their runtime started for us, and the folders where they are written down. */
export function startedDirectly(testRun: string): string[] {
  const [others, ours] = [[] as string[], [] as string[]];
  for (const folder of foldersAt('/run/gradeport/containers/*')) {
    const [pid = ''] = basename(folder).split('.');
    if (isOthers(pid, testRun)) others.push(...foldersAt(`${folder}/*`).map((path) => basename(path)));
    else ours.push(folder);
  }
  const groups = ['/sys/fs/cgroup/gradeport/*', '/sys/fs/cgroup/*/gradeport/*'].flatMap(foldersAt);
  return [...ours, ...groups.filter((path) => !others.includes(basename(path)))];
}

const foldersAt = (pattern: string): string[] =>
  globSync(pattern).filter((path) => statSync(path, { throwIfNoEntry: false })?.isDirectory());

/** Processes that carry the mark of this test run, without the test runner's own. */
export function processesOf(testRun: string): string[] {
  return pids()
    .filter((pid) => isMarked(pid, testRun))
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return command === '' || /vitest|esbuild/.test(command) ? [] : [`${pid} ${command}`];
      } catch {
        return []; // it ended while we looked
      }
    });
}

/**
 * Vitest calls this once, before the first test. The run gets a temporary folder of its own: what is in there at its
 * end was made by a test, whatever others do on this machine.
 * @returns what vitest calls after the last test
 */
export async function setup(project: TestProject): Promise<() => void> {
  sayLeftOut();
  const testRun = randomUUID();
  const before = tmpdir();
  // Short, because the paths of sockets are: unix(7).
  const folder = mkdtempSync(join(before, 'gp-'));
  process.env[MARKER] = testRun;
  process.env['TMPDIR'] = folder;
  // Programs that tests start are compiled once, as those of the command line are (bin/gradeport.mjs).
  process.env['NODE_COMPILE_CACHE'] ??= join(PROJECT_FOLDER, 'node_modules/.cache/gradeport-compiled');
  project.provide('testRun', testRun);
  project.provide('machineBefore', await machineState(testRun));
  return () => {
    process.env['TMPDIR'] = before;
    // --one-file-system: a test may have left a mount below, and what is mounted is not ours.
    execFileSync('rm', ['-rf', '--one-file-system', folder]);
  };
}
