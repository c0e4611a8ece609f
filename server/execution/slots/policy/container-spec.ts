/** Describes a container of a run: the placement, what its role may do, and labels to find it by. */
import { AGENT_FOLDER } from '../../../../grading-api/paths.ts';
import type { Placement } from '../../../environments/discovery/placement.ts';
import { INSTANCE_LABEL, ROLE_LABEL, SLOT_LABEL } from '../../../ports/engine/container-labels.ts';
import type { ContainerPolicy, Source } from '../../../ports/engine/container-policy.ts';
import type { ContainerSpec } from '../../../ports/engine/containers.ts';
import type { SharedSources } from '../shared-sources.ts';
import {
  type CompileSources,
  compilePolicy,
  gradingPolicy,
  type PolicyCircumstances,
  studentPolicy,
} from './container-policy.ts';

/** What all containers of one installation share. */
export type Installation = {
  /** Marks our containers, so that those of a dead process of the same installation are found. */
  instance: string;
  /** The folder grading-api/ of this version of Gradeport. */
  apiFolder: string;
};

export type SlotContainer = {
  slotId: string;
  instance: string;
  /** hosts null: the container has no file /etc/hosts. */
  workspace: {
    task: Source;
    student: Source;
    studentInTask: boolean;
    hosts: Source | null;
    reports: boolean;
  };
  /** The slot's own user of this machine; null: it has none. */
  programUser: number | null;
  shared: SharedSources;
  /** The grading API compiled by this image's Python, null: not there. */
  compiled: Source | null;
};

export function containerSpec(
  role: 'grading' | 'student',
  place: Placement,
  container: SlotContainer,
): ContainerSpec {
  const { instance, slotId } = container;
  const labels = { [INSTANCE_LABEL]: instance, [SLOT_LABEL]: slotId };
  const policy = role === 'grading' ? gradingOf(place, container) : studentOf(place, container);
  const spec = specOf(role, place, labels, policy);
  return container.workspace.reports ? { ...spec, command: [...spec.command, REPORTING] } : spec;
}

/** Tells the agent that it will be asked for reports: it imports ahead what it needs for them. */
const REPORTING = 'reporting';

export function compileSpec(place: Placement, sources: CompileSources, instance: string): ContainerSpec {
  const policy = compilePolicy(circumstances(place, null), sources);
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

const circumstances = (
  { environment, traits, asRoot, network, limits }: Placement,
  programUser: number | null,
): PolicyCircumstances => ({
  ownKernel: !traits.sharedKernel,
  asRoot,
  gpu: environment.needGpu,
  network,
  programUser,
  limits,
});

const gradingOf = (place: Placement, { workspace, shared, compiled, programUser }: SlotContainer) =>
  gradingPolicy(circumstances(place, programUser), {
    ...workspace,
    student: workspace.studentInTask ? null : workspace.student,
    api: shared.api,
    compiled,
    common: shared.common,
    commands: place.environment.commandsLinked ? [] : shared.commands,
  });

const studentOf = (place: Placement, { workspace, shared, compiled, programUser }: SlotContainer) =>
  studentPolicy(circumstances(place, programUser), {
    ...workspace,
    api: shared.api,
    compiled,
    common: shared.commonForStudents,
  });
