/** What a run's containers see: mounts and labels per role. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AGENT_FOLDER, COMPILED_FOLDER } from '../../../grading-api/paths.ts';
import type { Placement } from '../../environments/discovery/placement.ts';
import { INSTANCE_LABEL, SLOT_LABEL } from '../../ports/container-labels.ts';
import type { ContainerSpec, Mount } from '../../ports/engine.ts';
import { commandMounts } from './command-mounts.ts';
import type { Workspace } from './workspace.ts';

/** Things that every container of one installation shares. */
export type Installation = {
  /** Marks our containers; those of a dead process of the same installation are found by it. */
  instance: string;
  /** The folder grading-api/ of this version of Gradeport. */
  apiFolder: string;
};

const readOnly = (source: string, target: string): Mount => ({ source, target, readOnly: true });
const writable = (source: string, target: string): Mount => ({ source, target, readOnly: false });

export function containerSpec(
  role: 'grading' | 'student',
  slotId: string,
  place: Placement,
  workspace: Workspace,
  common: string | null,
  installation: Installation,
  compiled: string | null,
): ContainerSpec {
  return {
    role,
    ...containerSpecBase(place),
    asRoot: place.asRoot,
    gpu: place.environment.needGpu,
    network: place.network,
    mounts: [
      readOnly(installation.apiFolder, AGENT_FOLDER),
      ...(compiled === null ? [] : [readOnly(compiled, COMPILED_FOLDER)]),
      // With a network the engine writes its own.
      ...(place.network ? [] : [readOnly(workspace.hosts, '/etc/hosts')]),
      ...(role === 'grading'
        ? [...gradingMounts(workspace, common), ...pathMounts(place, installation)]
        : studentMounts(workspace, common)),
    ],
    labels: { [INSTANCE_LABEL]: installation.instance, [SLOT_LABEL]: slotId },
  };
}

/** @param target a folder on the host, for what is compiled */
export function compileSpec(place: Placement, target: string, installation: Installation): ContainerSpec {
  return {
    ...containerSpecBase(place),
    role: 'compile',
    asRoot: false,
    network: false,
    gpu: false,
    mounts: [readOnly(installation.apiFolder, AGENT_FOLDER), writable(target, COMPILED_FOLDER)],
    labels: { [INSTANCE_LABEL]: installation.instance },
  };
}

const containerSpecBase = ({ environment, runtime, traits, limits }: Placement) => ({
  image: environment.digest,
  runtime,
  ownKernel: !traits.sharedKernel,
  limits,
});

const pathMounts = ({ environment }: Placement, { apiFolder }: Installation): Mount[] =>
  environment.commandsLinked ? [] : commandMounts(apiFolder);

const gradingMounts = (workspace: Workspace, common: string | null): Mount[] => [
  writable(workspace.task, '/task'),
  writable(workspace.student, '/task/student'),
  ...(common === null ? [] : [readOnly(common, '/course/common')]),
];

const studentMounts = (workspace: Workspace, common: string | null): Mount[] => [
  writable(workspace.student, '/task/student'),
  ...(common !== null && existsSync(join(common, 'student'))
    ? [readOnly(join(common, 'student'), '/course/common/student')]
    : []),
];
