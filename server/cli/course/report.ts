/** The report on a course, as JSON and for people. */
import type { AskedEnvironment, CourseReport } from '../../courses/import/course-report.ts';
import { sentences } from '../ui/sentences.ts';
import { colors, data, harmless } from '../ui/terminal.ts';

/** The object of `gradeport course check --json`: its fields are promised. */
export function courseReportJson({ course, fine, broken, crashes, remarks, environments }: CourseReport) {
  return {
    course: course.id,
    name: course.name,
    tasks: fine.map(({ id, name, environment, problems }) => ({
      id,
      name,
      environment,
      problems: problems.map((problem) => ({ id: problem.id, type: problem.type })),
    })),
    broken,
    crashes,
    remarks,
    environments: environments.map(({ name, tasks, missing }) => ({
      name,
      tasks,
      missing: missing !== null,
      suggestion: missing?.sentence ?? null,
      build: missing?.build ?? null,
      alias: missing?.alias ?? null,
    })),
  };
}

export function sayCourseReport({
  course,
  fine,
  broken,
  crashes,
  remarks,
  environments,
}: CourseReport): void {
  data(colors.bold(harmless(`${course.id}: ${course.name}`)));
  data(`${colors.green('✓')} ${count(fine.length, 'task')} can be read`);
  const faults = broken.flatMap(({ problems }) => problems);
  if (broken.length > 0)
    list(colors.red('✗'), `${count(broken.length, 'file')} cannot be read:`, sentences(faults));
  const missing = environments.filter((each) => each.missing !== null);
  if (missing.length > 0) {
    const lines = missing.map(missingLine).join('\n');
    list(colors.red('✗'), `${count(missing.length, 'environment')} missing:`, lines);
  }
  if (crashes.length > 0)
    list(colors.red('✗'), `${count(crashes.length, 'task')} would crash:`, sentences(crashes));
  if (remarks.length > 0) {
    list(colors.yellow('!'), `${count(remarks.length, 'remark')}:`, sentences(remarks));
  }
}

const missingLine = ({ name, tasks, missing }: AskedEnvironment): string =>
  `${name} (${count(tasks.length, 'task')}): ${missing?.sentence ?? ''}`;

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

function list(mark: string, title: string, lines: string): void {
  data(`${mark} ${title}`);
  for (const line of lines.split('\n')) data(`    ${harmless(line)}`);
}
