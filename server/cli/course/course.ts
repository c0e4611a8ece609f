/** gradeport course check | import */
import { Command } from 'commander';
import type { CheckOptions, ImportOptions } from './run.ts';

export function courseCommand(): Command {
  const course = new Command('course').description(
    'courses on disk, also INGInious’: check them, take them in',
  );
  course
    .command('check')
    .description('read all tasks of a course, and say what is wrong and which environments are missing')
    .argument('<folder>', 'of a course, or a repository with courses in it')
    .option('--json', 'print a JSON object; for a repository an array of them')
    .addHelpText('after', CHECK_HELP)
    .action(async (folder: string, options: CheckOptions) => {
      const { check } = await import('./run.ts');
      await check(folder, options);
    });
  course
    .command('import')
    .description('copy a course into this installation; the folder itself is never changed')
    .argument('<course-folder>', 'folder of task folders')
    .option('--name <id>', 'id of the course here (default: the folder’s name)')
    .option('--data <folder>', 'data folder of the installation')
    .option('--replace', 'take the place of a course with the same id, and keep the old one')
    .option('--json', 'print a JSON object')
    .addHelpText('after', IMPORT_HELP)
    .action(async (folder: string, options: ImportOptions) => {
      const { importFolder } = await import('./run.ts');
      await importFolder(folder, options);
    });
  return course;
}

const CHECK_HELP = `
Examples:
  gradeport course check ~/my-course
  gradeport course check .
Exit codes: 0 every task can be read and graded · 1 some cannot · 4 no course there.`;

const IMPORT_HELP = `
Students of an imported course do not see what its graders print: INGInious shows it to teachers only.
show_output: true in its course.yaml changes that.
Examples:
  gradeport course import ~/my-course
  gradeport course import ~/my-course --name algorithms-2027 --replace
Exit codes: 0 imported · 1 there is a course of that id · 2 usage · 4 no such folder.`;
