/** gradeport task check | test: reads a task's files, and grades its samples and recorded submissions. */
import { Command } from 'commander';
import { defaultEnvironments, loadConfig } from '../../config/config.ts';
import { readTask } from '../../courses/read-task.ts';
import { GradeportError } from '../../rules/errors.ts';
import { readSamples } from '../../samples/task-samples.ts';
import { sentences } from '../ui/sentences.ts';
import { data, harmless, json, talk } from '../ui/terminal.ts';
import { testFolder } from './test.ts';

export function taskCommand(): Command {
  const task = new Command('task').description('a task on disk: check its files, grade its samples');
  task
    .command('check')
    .description('read task.yaml and samples/, and say what is wrong')
    .argument('<task-folder>', 'folder with a task.yaml')
    .option('--json', 'print a JSON object')
    .addHelpText('after', '\nExample:\n  gradeport task check examples/demo/python-sum')
    .action(async (folder: string, options: { json?: boolean }) => {
      const { task: read, samples } = await readAll(folder);
      const { id, name, notices } = read;
      if (options.json) return json({ id, name, samples: samples.map((sample) => sample.name), notices });
      data(`${id}: fine, ${read.problems.length} problems, ${samples.length} samples`);
      if (notices.length > 0) talk(harmless(sentences(notices)));
    });
  task
    .command('test')
    .description(
      'grade every sample of samples/ and every recorded submission of test/, and compare with what they must get',
    )
    .argument('<folder>', 'of a task, of a course, or a repository with courses and tasks in it')
    .option('--strict', 'fail on other texts, tags, custom values and states of recorded submissions, too')
    .option('--course <folder>', 'the course folder, when it is not the one above the task')
    .option('--junit <file>', 'also write a report in the JUnit format, for CI')
    .option(
      '--json',
      'print an array of { course, task, sample, verdict, result, grade, differences, notes }',
    )
    .addHelpText('after', EXAMPLES)
    .action(testFolder);
  return task;
}

const EXAMPLES = `
Examples:
  gradeport task test examples/demo/python-sum
  gradeport task test ~/courses/algorithms --json > report.json
  gradeport task test . --junit report.xml
Exit codes: 0 all as expected · 1 something differs or cannot be graded · 2 usage · 5 engine unreachable · 130 Ctrl-C.`;

async function readAll(folder: string) {
  const read = await readTask(folder, { defaults: defaultEnvironments(loadConfig({})) });
  if ('problems' in read) throw new GradeportError('usage', sentences(read.problems));
  const samples = await readSamples(read.task.folder);
  if ('problems' in samples) throw new GradeportError('usage', sentences(samples.problems));
  return { ...read, ...samples };
}
