/** gradeport task check | test: a task's files read, its samples graded. */
import { Command } from 'commander';
import { GradeportError } from '../core/errors.ts';
import { readTask } from '../courses/read-task.ts';
import { readSamples } from '../courses/samples.ts';
import type { FileProblemReport } from '../courses/task.ts';
import { type CheckedSample, checkSample } from '../setup/self-check.ts';
import { openLocalGrader, untilInterrupted } from './local-grader.ts';
import { colors, data, json, talk } from './terminal.ts';

type Options = { json?: boolean };

export function taskCommand(): Command {
  const task = new Command('task').description('a task on disk: check its files, grade its samples');
  task
    .command('check')
    .description('read task.yaml and samples/, and say what is wrong')
    .argument('<task-folder>')
    .option('--json', 'print a JSON object')
    .action(async (folder: string, options: Options) => {
      const { task: read, samples } = await readAll(folder);
      if (options.json) json({ id: read.id, name: read.name, samples: samples.map(({ name }) => name) });
      else data(`${read.id}: fine, ${read.problems.length} problems, ${samples.length} samples`);
    });
  task
    .command('test')
    .description('grade every sample of samples/ and compare with the verdict it must get')
    .argument('<task-folder>')
    .option('--json', 'print a JSON array of { sample, verdict, grade, differences }')
    .addHelpText('after', '\nExample:\n  gradeport task test examples/demo/python-sum')
    .action(testTask);
  return task;
}

async function readAll(folder: string) {
  const read = await readTask(folder);
  if ('problems' in read) throw new GradeportError('usage', sentences(read.problems));
  const samples = await readSamples(read.task.folder);
  if ('problems' in samples) throw new GradeportError('usage', sentences(samples.problems));
  return { ...read, ...samples };
}

export const sentences = (problems: readonly FileProblemReport[]): string =>
  problems
    .map(
      ({ file, line, column, message }) =>
        `${line === null ? file : `${file}:${line}:${column ?? 1}`}: ${message}`,
    )
    .join('\n');

async function testTask(folder: string, options: Options): Promise<void> {
  const { task, common, samples } = await readAll(folder);
  if (samples.length === 0) {
    throw new GradeportError(
      'not-found',
      `Task "${task.id}" has no samples; put YAML files into its samples/ folder.`,
    );
  }
  const stopped = untilInterrupted();
  const results: CheckedSample[] = [];
  await using local = await openLocalGrader(task.environment !== null);
  for (const sample of samples) {
    if (stopped.aborted) break;
    const checked = await checkSample(local.grader, common, task, sample, stopped);
    results.push(checked);
    if (!options.json) say(checked);
  }
  if (options.json) json(results.map(toJson));
  const wrong = results.filter(({ differences }) => differences.length > 0).length;
  talk(`${results.length - wrong} of ${samples.length} samples as expected.`);
  if (wrong > 0 || results.length < samples.length) process.exitCode = 1;
}

const toJson = ({ sample, outcome, differences }: CheckedSample) => ({
  sample,
  verdict: outcome?.verdict ?? null,
  grade: outcome?.grade ?? null,
  differences,
});

function say({ sample, outcome, differences }: CheckedSample): void {
  const mark = differences.length === 0 ? colors.green('✓') : colors.red('✗');
  data(`${mark} ${sample}: ${outcome?.verdict ?? 'not graded'}${outcome ? ` (${outcome.grade} %)` : ''}`);
  for (const difference of differences) data(`    ${difference}`);
}
