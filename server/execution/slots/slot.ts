/**
 * The place of one run: its folders, its grading container, and student containers that wait for their
 * program. Made ahead where that pays, used once, then thrown away.
 */
import { randomUUID } from 'node:crypto';
import type { FromGradingAgent, FromStudentAgent } from '../../../grading-api/protocol.ts';
import { graderVoice, studentVoice, type Voice } from '../../../grading-api/voices.ts';
import type { Placement } from '../../environments/discovery/placement.ts';
import { WORKER_UID } from '../../environments/discovery/runs-as.ts';
import type { Containers } from '../../ports/engine/containers.ts';
import type { Way } from '../../ports/engine/way.ts';
import { GradeportError } from '../../rules/errors.ts';
import { type AgentLink, openAgent } from '../agent/agent-link.ts';
import type { CompiledApi } from './compiled-api.ts';
import { openRunPlace } from './places/open-run-place.ts';
import type { RunPlace } from './places/run-place.ts';
import { containerSpec, type Installation } from './policy/container-spec.ts';
import { userFor } from './policy/user-for.ts';
import { sharedSources } from './shared-sources.ts';

export type SlotRequest = {
  place: Placement;
  /** The course's shared folder, null if there is none. */
  common: string | null;
  /** Lines of /etc/hosts that the task adds; default: none. */
  hosts?: string;
};

export type Slot = {
  workspace: RunPlace;
  agent: AgentLink<FromGradingAgent>;
  /** A student container, never used before: one that waits already, or a new one. */
  student(place: Placement): Promise<AgentLink<FromStudentAgent>>;
  /** How many student containers were made together with it. */
  studentsAhead: number;
  /** How many student containers were asked for. */
  studentsTaken(): number;
  [Symbol.asyncDispose](): Promise<void>;
};

/** Where runs get their slots from: made on the spot, or from the pool. */
export type SlotSource = {
  /** Ends soon after the signal is aborted: the run does not need its slot any more. */
  take(request: SlotRequest, signal?: AbortSignal): Promise<Slot>;
};

export type SlotDeps = {
  containers: Containers;
  installation: Installation;
  runsFolder: string;
  /** The compiled API; without it agents compile for themselves. */
  compiled?: CompiledApi;
};

/** Without a pool: every run waits for its own containers. */
export const onTheSpot = (deps: SlotDeps): SlotSource => ({
  take: (request, signal) => openSlot(deps, request, 0, signal),
});

/** Everything of a place that a container is made from; containers of one key are as good as each other. */
export function placeKey({ environment, runtime, limits, network, asRoot }: Placement): string {
  const { memoryBytes, pids, diskBytes, diskFiles, tmpBytes } = limits;
  return JSON.stringify([
    environment.digest,
    runtime,
    memoryBytes,
    pids,
    diskBytes,
    diskFiles,
    tmpBytes,
    network,
    asRoot,
  ]);
}

/** @param studentsAhead how many student containers to start together with the grading container */
export async function openSlot(
  deps: SlotDeps,
  request: SlotRequest,
  studentsAhead = 0,
  signal = NEVER,
): Promise<Slot> {
  const way = await deps.containers.way();
  const { volumes } = way;
  const open = () => openSlotIn(way, deps, request, studentsAhead, signal);
  if (volumes === null) return await open();
  try {
    return await open();
  } catch (error) {
    // Somebody may have removed a volume that we know to be complete.
    volumes.doubt();
    if (error instanceof GradeportError && error.code !== 'internal') throw error;
    return await open();
  }
}

const NEVER = new AbortController().signal;

async function openSlotIn(
  { volumes, users }: Way,
  { containers, installation, runsFolder, compiled }: SlotDeps,
  { place, common, hosts = '' }: SlotRequest,
  studentsAhead: number,
  signal: AbortSignal,
): Promise<Slot> {
  const id = randomUUID();
  const { instance, apiFolder } = installation;
  const shared = await sharedSources(volumes, apiFolder, common);
  await using cleanup = new AsyncDisposableStack();
  const user = await userFor(place, users);
  // First here, last there: its containers and files are gone by then.
  cleanup.defer(() => user?.release());
  const programUser = user?.uid ?? null;
  const owner = programUser ?? WORKER_UID;
  const workspace = cleanup.use(
    await openRunPlace(volumes, runsFolder, { id, instance, owner, limits: place.limits, hosts }),
  );
  let opened = 0;
  const open = <T extends { type: string }>(
    role: 'grading' | 'student',
    at: Placement,
    voice: Voice<T>,
    until: AbortSignal,
  ) => {
    const spec = containerSpec(role, at, {
      slotId: id,
      instance,
      workspace,
      programUser,
      shared,
      compiled: compiled?.sourceOf(at.environment.digest) ?? null,
    });
    opened += 1;
    const { studentBytes, reports } = workspace;
    return openAgent(
      containers,
      spec,
      { studentBytes, reports, linePath: workspace.linePath(opened), signal: until },
      voice,
    );
  };
  const stock = cleanup.use(createStock(signal, (at, until) => open('student', at, studentVoice, until)));
  // A student program gets no network because its grader has one, and is root only when asked for.
  const usual: Placement = { ...place, network: false, asRoot: false };
  for (let count = 0; count < studentsAhead; count += 1) stock.prepare(usual);
  const agent = cleanup.use(await open('grading', place, graderVoice, signal));
  await stock.ready();
  const owned = cleanup.move();
  let taken = 0;
  return {
    workspace,
    agent,
    studentsAhead,
    student(at) {
      taken += 1;
      const link = stock.take(at);
      // An unexpected second call suggests that more will come: the next one is made while this one works.
      if (taken >= 2 && taken > studentsAhead) stock.prepare(at);
      return link;
    },
    studentsTaken: () => taken,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

type StudentLink = AgentLink<FromStudentAgent>;

/** The student containers of one slot, both those that wait and those that were given out. */
function createStock(
  signal: AbortSignal,
  open: (place: Placement, until: AbortSignal) => Promise<StudentLink>,
) {
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  const waiting = new Map<string, Promise<StudentLink>[]>();
  const all: Promise<StudentLink>[] = [];
  const make = (place: Placement): Promise<StudentLink> => {
    const link = open(place, until);
    // The run that takes it sees the failure; if none takes it, the failure does not matter.
    link.catch(() => {});
    all.push(link);
    return link;
  };
  return {
    prepare(place: Placement): void {
      const key = placeKey(place);
      waiting.set(key, [...(waiting.get(key) ?? []), make(place)]);
    },
    take(place: Placement): Promise<StudentLink> {
      return waiting.get(placeKey(place))?.shift() ?? make(place);
    },
    ready: () => Promise.all(all),
    async [Symbol.asyncDispose](): Promise<void> {
      // A container that is still silent must not hold up the end of its run.
      over.abort();
      const links = await Promise.allSettled(all);
      await Promise.all(
        links.map((link) => (link.status === 'fulfilled' ? link.value[Symbol.asyncDispose]() : undefined)),
      );
    },
  };
}
