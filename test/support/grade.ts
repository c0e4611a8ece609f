/** Grades small tasks in real containers, for tests: task files are written where they are read. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openEngine } from '../../server/adapters/open-engine.ts';
import { askedStarts, installationOf, loadConfig } from '../../server/config/config.ts';
import { readTask } from '../../server/courses/read-task.ts';
import { readEnvironments } from '../../server/environments/catalogue.ts';
import { findEnvironment } from '../../server/environments/discovery/environments-of-images.ts';
import { createExecutor, type Graded } from '../../server/execution/execute.ts';
import { sweepWorkspaces } from '../../server/execution/slots/places/workspace.ts';
import { onTheSpot } from '../../server/execution/slots/slot.ts';
import type { SubmittedAnswer } from '../../server/model/answers.ts';
import type { RunEvent } from '../../server/model/run-events.ts';
import type { Engine } from '../../server/ports/engine/engine.ts';
import type { ShowTerminal } from '../../server/ports/terminals.ts';
import { graderOf } from '../../server/worker/grade-task.ts';
import { toGraderInput } from '../../server/worker/grader-input.ts';

export type TestTask = {
  /** Grading name; default: what GRADEPORT_TEST_ENVIRONMENT says, else "default". */
  environment?: string;
  limits?: Record<string, number>;
  /** The environment_type; default: docker. */
  type?: string;
  /** Path in the task's folder → content; a file named run is executable. */
  files: Record<string, string | Buffer>;
  /** Changes the folder once the files are there: permissions, links. */
  prepare?: (folder: string) => void;
};

type GradeOptions = {
  answers?: Record<string, SubmittedAnswer>;
  /** "@" keys, and answers that no problem type has. */
  extra?: Record<string, unknown>;
  runtime?: string;
  signal?: AbortSignal;
  onEvent?: (event: RunEvent) => void;
  showTerminal?: ShowTerminal;
  /** Called when the outcome is known, before anything is cleaned up. */
  onOutcome?: () => void;
};

export type TestGrader = {
  grade(task: TestTask, options?: GradeOptions): Promise<Graded['outcome']>;
  instance: string;
  runsFolder: string;
  close(): Promise<void>;
};

const problemIds = (answers: Record<string, SubmittedAnswer>) =>
  Object.entries(answers)
    .map(([id, answer]) => `  ${id}: {type: ${typeof answer === 'object' ? 'file' : 'code'}, name: ${id}}`)
    .join('\n');

function writeTask(folder: string, task: TestTask, answers: Record<string, SubmittedAnswer>): void {
  const limits = JSON.stringify({ time: 5, hard_time: 15, memory: 128, ...task.limits });
  const yaml = `name: test
environment_type: ${task.type ?? 'docker'}
environment_id: ${task.environment ?? process.env['GRADEPORT_TEST_ENVIRONMENT'] ?? 'default'}
environment_parameters: {limits: ${limits}}
problems:
${problemIds(answers)}
`;
  for (const [path, content] of Object.entries({ 'task.yaml': yaml, ...task.files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content, { mode: 0o755 });
  }
}

export type TestGraderOptions = {
  /** How long a terminal waits for somebody. */
  connectMs?: number;
  engine?: Engine;
  /** Default: one in the temporary folder. */
  runsFolder?: string;
  /** Whether runs are refused where the machine does not count what they use. */
  strict?: boolean;
};

/** The way that this test run is about: what GRADEPORT_EXECUTION says, else the quickest. */
export const askedHere = () => askedStarts(loadConfig({}));

export async function openTestGrader(options: TestGraderOptions = {}): Promise<TestGrader> {
  const { connectMs, strict = false, engine = openEngine(askedHere()) } = options;
  const config = loadConfig({}, undefined, {});
  const { list, runtimes } = await readEnvironments(engine, {});
  const folder = mkdtempSync(join(tmpdir(), 'gradeport-tasks-'));
  const { runsFolder = join(folder, 'runs') } = options;
  const instance = `test:${folder}`;
  const execute = createExecutor({
    containers: engine.containers,
    environments: { find: (name) => findEnvironment(list, name), runtimes: () => runtimes },
    table: {},
    ceilings: config.ceilings,
    strict,
    ...(connectMs !== undefined && { connectMs }),
    slots: onTheSpot({ containers: engine.containers, installation: installationOf(instance), runsFolder }),
  });
  let count = 0;
  return {
    instance,
    runsFolder,
    async grade(
      testTask,
      { answers = { q1: '' }, extra = {}, runtime, signal, onEvent, onOutcome, showTerminal } = {},
    ) {
      count += 1;
      const id = count;
      const taskFolder = join(folder, `task${id}`);
      writeTask(taskFolder, testTask, answers);
      testTask.prepare?.(taskFolder);
      const read = await readTask(taskFolder);
      if ('problems' in read) throw new Error(JSON.stringify(read.problems));
      const about = { username: 'tester', email: '', lang: 'en', at: new Date(), attempts: 1, state: '' };
      const input = toGraderInput(new Map(Object.entries(answers)), about);
      await using graded = await graderOf(execute)({
        runId: `run${id}`,
        attempt: 1,
        task: read.task,
        common: null,
        input: { ...input, input: { ...input.input, ...extra } },
        runtime: runtime ?? null,
        debug: false,
        signal: signal ?? new AbortController().signal,
        publish: onEvent ?? (() => {}),
        showTerminal: showTerminal ?? null,
      });
      onOutcome?.();
      return graded.outcome;
    },
    async close() {
      await sweepWorkspaces(runsFolder);
      await engine.close();
      rmSync(folder, { recursive: true });
    },
  };
}
