/** Runs attacks on one runtime, with an honest run beside them and one after them, and says what went wrong. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plainTask } from '../server/courses/plain-task.ts';
import type { Environment } from '../server/environments/discovery/environment.ts';
import type { RuntimeTable } from '../server/environments/discovery/runtimes.ts';
import { type ContainerTask, createExecutor } from '../server/execution/execute.ts';
import { sweepWorkspaces } from '../server/execution/slots/places/workspace.ts';
import { openSlot } from '../server/execution/slots/slot.ts';
import type { SubmittedAnswer } from '../server/model/answers.ts';
import type { Outcome } from '../server/model/collections.ts';
import type { Containers } from '../server/ports/engine/containers.ts';
import type { Limits } from '../server/rules/limits.ts';
import { toGraderInput } from '../server/worker/grader-input.ts';
import { type AttackCase, isKnownOpen } from './case.ts';
import { answerText, taskFiles } from './grader.ts';
import { type Canaries, leftOf, placeCanaries, witness } from './host.ts';
import { AFTER, BESIDE } from './innocent.ts';
import { judge, judgeInnocent, type Ran } from './judge.ts';

/** What the installation under attack is made of. */
export type Target = {
  containers: Containers;
  find(name: string): Environment | null;
  runtimes: readonly string[];
  table: RuntimeTable;
  ceilings: Limits;
  apiFolder: string;
};

export type AttackResult = {
  attack: AttackCase;
  verdict: string;
  /** What went wrong, in sentences; empty: the attack was held. */
  problems: string[];
  /** It is known to succeed here (see its "open"). */
  known: boolean;
  seconds: number;
};

export type BatchResult = { results: AttackResult[]; beside: string[]; after: string[] };

export type Attacker = {
  /** Settles when all were run; `onResult` is called as each ends. */
  batch(
    cases: readonly AttackCase[],
    runtime: string,
    onResult?: (result: AttackResult) => void,
  ): Promise<BatchResult>;
  close(): Promise<void>;
};

const MIB = 2 ** 20;
/** Of the grading container; the student run has smaller ones of its own (case.ts). */
const LIMITS: Limits = {
  cpuMs: 40_000,
  wallMs: 90_000,
  memoryBytes: 128 * MIB,
  pids: 48,
  outputBytes: 64 * 1024,
  diskBytes: 8 * MIB,
  diskFiles: 500,
  tmpBytes: 32 * MIB,
};
/** More at once on two processors, and limits in seconds would be about the machine. */
const AT_ONCE = 3;

export async function openAttacker(target: Target): Promise<Attacker> {
  const folder = await mkdtemp(join(tmpdir(), 'gradeport-attacks-'));
  const runsFolder = join(folder, 'runs');
  await mkdir(runsFolder, { mode: 0o700 });
  const canaries = await placeCanaries(runsFolder);
  const baseline = new Map<string, Promise<Ran>>();
  let count = 0;

  const grade = (attack: AttackCase, program: string, runtime: string): Promise<Ran> => {
    count += 1;
    return gradeOnce({ target, folder, runsFolder }, { attack, program, runtime, number: count });
  };

  async function one(attack: AttackCase, runtime: string): Promise<AttackResult> {
    const [ran, partner] = await Promise.all([
      grade(attack, attack.answer, runtime),
      attack.partner === undefined ? null : grade({ ...attack, again: '' }, attack.partner, runtime),
    ]);
    const problems = judge(attack, runtime, ran, partner);
    return {
      attack,
      verdict: ran.outcome?.verdict ?? 'thrown',
      problems: [...problems, ...(await canaries.disturbed())],
      known: isKnownOpen(attack, runtime, (await target.containers.way()).name),
      seconds: ran.seconds,
    };
  }

  const look = (runtime: string): Promise<Ran> => {
    const known = baseline.get(runtime) ?? grade(AFTER, AFTER.answer, runtime);
    baseline.set(runtime, known);
    return known;
  };

  return {
    async batch(cases, runtime, onResult = () => {}) {
      const before = await look(runtime);
      const waiting = [...cases];
      const results = new Map<AttackCase, AttackResult>();
      const attackers = Array.from({ length: AT_ONCE }, async () => {
        for (let next = waiting.shift(); next; next = waiting.shift()) {
          const result = await one(next, runtime);
          results.set(next, result);
          onResult(result);
        }
      });
      let over = false;
      const all = Promise.all(attackers).finally(() => {
        over = true;
      });
      const beside: string[] = [];
      do beside.push(...judgeInnocent(await grade(BESIDE, BESIDE.answer, runtime), null));
      while (!over);
      await all;
      const after = judgeInnocent(await grade(AFTER, AFTER.answer, runtime), before);
      return { results: cases.flatMap((attack) => results.get(attack) ?? []), beside, after };
    },
    close: () => closeAll(folder, runsFolder, canaries),
  };
}

type Ground = { target: Target; folder: string; runsFolder: string };
type Try = { attack: AttackCase; program: string; runtime: string /** Of this attacker. */; number: number };

/** Grades with an executor and a slot of its own, so that what is left behind is this run's. */
async function gradeOnce(ground: Ground, { attack, program, runtime, number }: Try): Promise<Ran> {
  const begun = performance.now();
  const taskFolder = join(ground.folder, `task${number}`);
  await writeTask(attack, taskFolder);
  const seen = witness(ground.target.containers);
  const execute = executorOf(ground, seen.containers);
  const answers = new Map<string, SubmittedAnswer>([['q1', answerText(attack, program)]]);
  if (attack.upload) answers.set('f1', attack.upload);
  const about = { username: 'eve', email: '', lang: 'en', at: new Date(), attempts: 1, state: '' };
  let outcome: Outcome | null = null;
  let fault = '';
  try {
    await using graded = await execute({
      runId: `attack${number}`,
      attempt: 1,
      task: taskOf(attack, taskFolder),
      common: null,
      input: toGraderInput(answers, about),
      runtime,
      debug: false,
      signal: new AbortController().signal,
      publish: () => {},
    });
    outcome = graded.outcome;
  } catch (error) {
    fault = error instanceof Error ? error.message : String(error);
  }
  const left = await leftOf(seen, ground.runsFolder);
  return { outcome, fault, left, seconds: (performance.now() - begun) / 1000 };
}

async function writeTask(attack: AttackCase, folder: string): Promise<void> {
  await mkdir(folder);
  for (const [name, content] of Object.entries(taskFiles(attack))) {
    await writeFile(join(folder, name), content, { mode: 0o755 });
  }
}

function executorOf({ target, folder, runsFolder }: Ground, containers: Containers) {
  const installation = { instance: `attack:${folder}`, apiFolder: target.apiFolder };
  return createExecutor({
    containers,
    environments: { find: target.find, runtimes: () => target.runtimes },
    table: target.table,
    ceilings: target.ceilings,
    slots: { take: (request) => openSlot({ containers, installation, runsFolder }, request) },
  });
}

async function closeAll(folder: string, runsFolder: string, canaries: Canaries): Promise<void> {
  await canaries[Symbol.asyncDispose]();
  await sweepWorkspaces(runsFolder);
  await rm(folder, { recursive: true });
}

function taskOf(attack: AttackCase, folder: string): ContainerTask {
  return {
    ...plainTask,
    id: attack.id,
    course: 'attacks',
    folder,
    environment: attack.environment ?? 'default',
    limits: { ...LIMITS, ...attack.limits },
  };
}
