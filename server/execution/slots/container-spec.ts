/** Describes a container of a run: the placement, what its role may do, and labels to find it by. */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { AGENT_FOLDER } from '../../../grading-api/paths.ts';
import type { Placement } from '../../environments/discovery/placement.ts';
import { INSTANCE_LABEL, ROLE_LABEL, SLOT_LABEL } from '../../ports/container-labels.ts';
import type { ContainerPolicy } from '../../ports/container-policy.ts';
import type { ContainerSpec } from '../../ports/containers.ts';
import { commandMounts } from './command-mounts.ts';
import { compilePolicy, gradingPolicy, type PolicyCircumstances, studentPolicy } from './container-policy.ts';
import type { Workspace } from './workspace.ts';

/** What all containers of one installation share. */
export type Installation = {
  /** Marks our containers, so that those of a dead process of the same installation are found. */
  instance: string;
  /** The folder grading-api/ of this version of Gradeport. */
  apiFolder: string;
};

export type SlotContainer = {
  slotId: string;
  workspace: Pick<Workspace, 'task' | 'student' | 'hosts'>;
  /** The course's shared folder, null if there is none. */
  common: string | null;
  installation: Installation;
  /** The grading API compiled by this image's Python, null: not there. */
  compiled: string | null;
};

export function containerSpec(
  role: 'grading' | 'student',
  place: Placement,
  container: SlotContainer,
): ContainerSpec {
  const { installation, slotId } = container;
  const labels = { [INSTANCE_LABEL]: installation.instance, [SLOT_LABEL]: slotId };
  const policy = role === 'grading' ? gradingOf(place, container) : studentOf(place, container);
  return specOf(role, place, labels, policy);
}

/** @param target a folder on the host, for what is compiled */
export function compileSpec(
  place: Placement,
  target: string,
  { instance, apiFolder }: Installation,
): ContainerSpec {
  const policy = compilePolicy(circumstances(place), { api: apiFolder, target });
  return specOf('compile', place, { [INSTANCE_LABEL]: instance }, policy);
}

const specOf = (
  role: ContainerSpec['role'],
  { environment, runtime, traits }: Placement,
  labels: Record<string, string>,
  policy: ContainerPolicy,
): ContainerSpec => ({
  role,
  image: environment.digest,
  runtime,
  ownKernel: !traits.sharedKernel,
  command: ['/bin/sh', `${AGENT_FOLDER}/agent/start`, role],
  labels: { ...labels, [ROLE_LABEL]: role },
  policy,
});

const circumstances = ({ environment, traits, asRoot, network, limits }: Placement): PolicyCircumstances => ({
  ownKernel: !traits.sharedKernel,
  asRoot,
  gpu: environment.needGpu,
  network,
  limits,
});

const gradingOf = (place: Placement, { workspace, common, installation, compiled }: SlotContainer) =>
  gradingPolicy(circumstances(place), {
    api: installation.apiFolder,
    compiled,
    common,
    hosts: workspace.hosts,
    student: workspace.student,
    task: workspace.task,
    commands: place.environment.commandsLinked ? [] : commandMounts(installation.apiFolder),
  });

const studentOf = (place: Placement, { workspace, common, installation, compiled }: SlotContainer) =>
  studentPolicy(circumstances(place), {
    api: installation.apiFolder,
    compiled,
    common: commonForStudents(common),
    hosts: workspace.hosts,
    student: workspace.student,
  });

function commonForStudents(common: string | null): string | null {
  const folder = common === null ? null : join(common, 'student');
  // A link could lead anywhere on this machine: only a folder is shown to students.
  return folder !== null && lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() ? folder : null;
}
