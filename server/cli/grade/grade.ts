import { basename, resolve } from 'node:path';
import { Command } from 'commander';
import { defaultEnvironments, loadConfig } from '../../config/config.ts';
import { checkAnswers } from '../../courses/answers.ts';
import { checkChoice, inChosen } from '../../courses/environment-choice.ts';
import { randomNumbers } from '../../courses/random-numbers.ts';
import { commonFolder, readTask } from '../../courses/read-task.ts';
import type { Task } from '../../courses/task.ts';
import type { Graded } from '../../execution/execute.ts';
import type { GraderInput } from '../../execution/run/grading-job.ts';
import type { RunEvent } from '../../model/run-events.ts';
import { GradeportError } from '../../rules/errors.ts';
import { createPlainText } from '../../text/hostile.ts';
import { toGraderInput } from '../../worker/grader-input.ts';
import { openLocalGrader } from '../local/open-executor.ts';
import { localTerminal } from '../local/own-terminal.ts';
import { INTERRUPTED } from '../ui/exit-codes.ts';
import { untilInterrupted } from '../ui/interrupted.ts';
import { sentences } from '../ui/sentences.ts';
import { json, talk } from '../ui/terminal.ts';
import { type GivenInput, readAnswerOptions, readInputFile } from './answers.ts';
import { emptyFolder, keepFiles } from './copy-run-folders.ts';
import { gradedJson, printVerdict } from './print-outcome.ts';

type Options = {
  answer: string[];
  answers?: string;
  course?: string;
  environment?: string;
  runtime?: string;
  keep?: string;
  json?: boolean;
};

const collect = (value: string, before: string[]): string[] => [...before, value];

export function gradeCommand(): Command {
  return new Command('grade')
    .description('grade one submission to a task, without a server')
    .argument('<task-folder>', 'folder with a task.yaml')
    .option(
      '--answer <problem=value>',
      'an answer: q1=text, q1=@file; again for more problems or choices',
      collect,
      [],
    )
    .option('--answers <file>', 'all answers and "@" keys as one JSON or YAML map')
    .option('--course <folder>', 'the course folder, when it is not the one above the task')
    .option('--environment <name>', 'one of the environment_choices of the task (default: its own)')
    .option('--runtime <name>', 'an OCI runtime of the engine: runc, crun, runsc …')
    .option('--keep <folder>', 'copy what the run leaves in /task and /task/student there, to look at it')
    .option('--json', 'print one JSON object instead of streaming')
    .addHelpText('after', EXAMPLES)
    .action(grade);
}

const EXAMPLES = `
Examples:
  gradeport grade examples/demo/python-sum --answer code=@sum.py
  gradeport grade mytask --answers input.yaml --runtime runsc --json
  gradeport grade mytask --answer q1=@answer.py --keep /tmp/looked-at
  gradeport grade mytask --answer q1=@answer.cpp --environment cpp-debian11
Exit codes: 0 the submission succeeds · 1 it does not · 2 usage · 5 engine unreachable · 130 Ctrl-C.`;

async function grade(folder: string, options: Options): Promise<void> {
  const { task: read, common } = await findTask(folder, options.course);
  const task = inChosen(read, checkChoice(read, options.environment));
  const input = await readInput(task, options);
  const keep = options.keep === undefined ? null : await emptyFolder(options.keep, '--keep');
  await using local = await openLocalGrader(task.environment !== null);
  const stopped = untilInterrupted().signal;
  await using graded = await local.grader({
    runId: 'run',
    attempt: 1,
    task,
    common,
    input,
    runtime: options.runtime ?? null,
    debug: true,
    signal: stopped,
    publish: options.json ? () => {} : printEvents(),
    showTerminal: options.json ? null : localTerminal(),
  });
  show(graded, options.json === true);
  if (keep !== null) await keepFiles(graded, keep);
  if (stopped.aborted) process.exitCode = INTERRUPTED;
}

function show(graded: Graded, asJson: boolean): void {
  if (asJson) json(gradedJson(graded));
  else printVerdict(graded);
  process.exitCode = graded.outcome.verdict === 'success' ? 0 : 1;
}

async function findTask(
  folder: string,
  course: string | undefined,
): Promise<{ task: Task; common: string | null }> {
  const defaults = defaultEnvironments(loadConfig({}));
  const read = await readTask(folder, {
    defaults,
    ...(course !== undefined && { course: basename(resolve(course)) }),
  });
  if ('problems' in read) {
    throw new GradeportError('usage', sentences(read.problems));
  }
  return {
    task: read.task,
    common: course === undefined ? read.common : await commonFolder(resolve(course)),
  };
}

async function readInput(task: Task, options: Options): Promise<GraderInput> {
  const given: GivenInput =
    options.answers === undefined
      ? { answers: new Map(), extra: {} }
      : await readInputFile(options.answers, task);
  const answers = new Map([...given.answers, ...(await readAnswerOptions(options.answer, task))]);
  const { maxTextBytes, maxUploadBytes } = loadConfig({});
  const checked = checkAnswers(task, answers, { maxTextBytes, maxFileBytes: maxUploadBytes });
  if (!checked.ok) {
    const faults = Object.entries(checked.faults).map(([id, fault]) => `--answer ${id}: ${fault}`);
    throw new GradeportError('usage', faults.join('\n'));
  }
  const random = randomNumbers(task, 'cli', 0);
  const about = { username: 'cli', email: '', lang: 'en', at: new Date(), attempts: 1, state: '', random };
  const ready = toGraderInput(checked.answers, about);
  return { ...ready, input: { ...ready.input, ...given.extra } };
}

function printEvents(): (event: RunEvent) => void {
  const plain = { stdout: createPlainText(), stderr: createPlainText() };
  return (event) => {
    if (event.type === 'starting') {
      const { name, runtime } = event.environment;
      talk(`Grading in environment ${name}${runtime === null ? '' : ` on ${runtime}`} …`);
    } else if (event.type === 'output') {
      process[event.stream].write(plain[event.stream](event.text));
    }
  };
}
