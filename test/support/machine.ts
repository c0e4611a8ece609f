/** What a test run could leave on the machine: looked at before the first test and after the last. */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { globSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import Docker from 'dockerode';
import type { TestProject } from 'vitest/node';
import { PROJECT_FOLDER } from '../../server/config.ts';
import { isKeptName } from '../../server/environments/kept-names.ts';

export type MachineState = Record<
  'containers' | 'networks' | 'volumes' | 'images' | 'mounts' | 'cgroups' | 'files' | 'checkout',
  string[]
>;

/** In the environment of every process that a test starts, however it detaches itself. */
const MARKER = 'GRADEPORT_TEST_RUN';

declare module 'vitest' {
  interface ProvidedContext {
    machineBefore: MachineState;
    testRun: string;
  }
}

export async function machineState(): Promise<MachineState> {
  const docker = new Docker();
  const [containers, networks, { Volumes }, images] = await Promise.all([
    docker.listContainers({ all: true }),
    docker.listNetworks(),
    docker.listVolumes(),
    docker.listImages(),
  ]);
  return {
    containers: containers.map(({ Id, Labels }) => `${Id.slice(0, 12)} ${JSON.stringify(Labels)}`),
    networks: networks.map(({ Id, Name }) => `${Id.slice(0, 12)} ${Name}`),
    volumes: (Volumes ?? []).map(({ Name }) => Name),
    images: images.flatMap(({ RepoTags }) => RepoTags ?? []).filter((tag) => tag.includes('test')),
    mounts: readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .filter((line) => /gradeport/.test(line)),
    cgroups: cgroupsOfOurs(),
    files: readdirSync(tmpdir()).filter((name) => /gradeport|playwright|chromium/i.test(name)),
    checkout: execFileSync('git', ['status', '--porcelain'], { cwd: PROJECT_FOLDER, encoding: 'utf8' }).split(
      '\n',
    ),
  };
}

/** Of containers that their runtime started for us, and where they are written down. */
export function cgroupsOfOurs(): string[] {
  const patterns = [
    '/sys/fs/cgroup/gradeport/*',
    '/sys/fs/cgroup/*/gradeport/*',
    '/run/gradeport/containers/*',
  ];
  return patterns
    .flatMap((pattern) => globSync(pattern))
    .filter((path) => statSync(path, IF_THERE)?.isDirectory());
}
const IF_THERE = { throwIfNoEntry: false } as const;

/** Processes that carry the marker of this test run, without the test runner's own. */
export function processesOf(testRun: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        if (!readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`${MARKER}=${testRun}`)) return [];
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return command === '' || /vitest|esbuild/.test(command) ? [] : [`${pid} ${command}`];
      } catch {
        return []; // it ended while we looked
      }
    });
}

let keptBefore = new Set<string>();

/** Vitest calls this once, before the first test. */
export async function setup(project: TestProject): Promise<void> {
  const testRun = randomUUID();
  process.env[MARKER] = testRun;
  project.provide('testRun', testRun);
  project.provide('machineBefore', await machineState());
  keptBefore = new Set((await keptNames(new Docker())).map(({ name }) => name));
}

/** Names of ours in the engine, with those that their images have beside them. */
async function keptNames(docker: Docker): Promise<{ name: string; isOnly: boolean }[]> {
  const images = await docker.listImages();
  return images.flatMap(({ RepoTags }) => {
    const tags = RepoTags ?? [];
    return tags.filter(isKeptName).map((name) => ({ name, isOnly: tags.every(isKeptName) }));
  });
}

/** And once after the last: servers of tests give names to images that are there anyway, which would keep them for ever. */
export async function teardown(): Promise<void> {
  const docker = new Docker();
  // An image that has no other name was not there for a test: somebody else keeps it.
  const ours = (await keptNames(docker)).filter(({ name, isOnly }) => !isOnly && !keptBefore.has(name));
  for (const { name } of ours) await docker.getImage(name).remove({ noprune: true });
}
