/** The work of gradeport course: loaded only when it runs. */
import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { openEngine } from '../../adapters/open-engine.ts';
import { courseFolders, defaultEnvironments, ENVIRONMENTS_FOLDER, loadConfig } from '../../config/config.ts';
import { isFolder } from '../../courses/file-stamp.ts';
import { type CourseReport, type Known, reportOn } from '../../courses/import/course-report.ts';
import { type Imported, importCourse, noFolder } from '../../courses/import/import-course.ts';
import { COURSE_FILE, misnamed, nearlyCourseFile } from '../../courses/read-task.ts';
import { readEnvironments } from '../../environments/catalogue.ts';
import { readShipped } from '../../environments/discovery/shipped.ts';
import { GradeportError } from '../../rules/errors.ts';
import { findCourses } from '../local/find-tasks.ts';
import { createProgress, data, json, talk } from '../ui/terminal.ts';
import { courseReportJson, sayCourseReport } from './report.ts';

export type CheckOptions = { json?: boolean };
export type ImportOptions = CheckOptions & { name?: string; data?: string; replace?: boolean };

export async function check(folder: string, { json: asJson }: CheckOptions): Promise<void> {
  const top = resolve(folder);
  const courses = await findCourses(top);
  const isOne = courses.length === 0 || courses[0] === top;
  const reports: CourseReport[] = [];
  for (const course of isOne ? [top] : courses) {
    const report = await examine(course);
    reports.push(report);
    if (!asJson) sayCourseReport(report);
  }
  if (asJson) json(isOne ? reports.map(courseReportJson)[0] : reports.map(courseReportJson));
  if (reports.some(isWanting)) process.exitCode = 1;
}

const isWanting = ({ broken, crashes, environments }: CourseReport): boolean =>
  broken.length > 0 || crashes.length > 0 || environments.some(({ missing }) => missing !== null);

async function examine(folder: string): Promise<CourseReport> {
  const names = await readdir(folder).catch(() => []);
  const progress = createProgress();
  let done = 0;
  const known = await whatIsHere();
  const report = await reportOn(folder, known, () => {
    done += 1;
    progress.line(`Reading tasks: ${done} of at most ${names.length} …`);
  });
  progress.end();
  if (known.announced === null) {
    talk('The container engine does not answer, so it is not known which environments are missing.');
  }
  if (report) return report;
  if (!(await isFolder(folder))) throw await noFolder(folder);
  const nearly = await nearlyCourseFile(folder);
  if (nearly !== null)
    throw new GradeportError('not-found', `${join(folder, nearly.name)}: ${misnamed(COURSE_FILE)}.`);
  const wish =
    'A course is a folder of task folders with a course.yaml; "gradeport course import" makes one.';
  throw new GradeportError('not-found', `There is no course.yaml in ${folder}. ${wish}`);
}

async function whatIsHere(): Promise<Known> {
  const shipped = await readShipped(ENVIRONMENTS_FOLDER);
  const config = loadConfig({});
  const defaults = defaultEnvironments(config);
  const engine = openEngine();
  try {
    const { list } = await readEnvironments(engine, config.runtimes, config.aliases);
    return { announced: list, shipped, defaults };
  } catch (error) {
    if (error instanceof GradeportError && error.code === 'unreachable')
      return { announced: null, shipped, defaults };
    throw error;
  } finally {
    await engine.close();
  }
}

export async function importFolder(folder: string, options: ImportOptions): Promise<void> {
  const config = loadConfig({ data: options.data });
  const from = resolve(folder);
  const [courses] = courseFolders(config);
  if (courses === undefined)
    throw new GradeportError('usage', 'The configuration names no folder of courses.');
  const progress = createProgress();
  const imported = await importCourse(from, courses, {
    id: options.name ?? basename(from),
    replace: options.replace === true,
    now: new Date(),
    onFile: (files) => progress.line(`Copying: ${files} files …`),
  });
  progress.end();
  const report = await examine(imported.folder);
  if (options.json) {
    const { folder: place, files, left, undo } = imported;
    json({ imported: { folder: place, files, left, undo }, ...courseReportJson(report) });
  } else {
    sayImported(imported);
    sayCourseReport(report);
    sayNext(report);
  }
}

function sayImported({ folder, files, left, undo }: Imported): void {
  data(`Imported ${files} files to ${folder}`);
  for (const { path, reason } of left) talk(`Left out: ${path}: ${reason}.`);
  if (undo !== null) {
    talk(`The course that was there is kept. To undo: remove ${folder}, then move ${undo} there.`);
  }
}

function sayNext({ course, environments }: CourseReport): void {
  const { id, admins, tutors, folder } = course;
  const staff = [...new Set([...admins, ...tutors])];
  talk('');
  talk('What to do next:');
  const builds = environments.flatMap(({ missing }) => missing?.build ?? []);
  if (builds.length > 0) talk(`  gradeport env build ${[...new Set(builds)].join(' ')}`);
  talk(`  gradeport task test ${folder}    # samples and recorded submissions, graded again`);
  // Names come from the course's file, and users paste this line into a shell.
  for (const name of staff.filter((each) => /^[\w.@-]+$/.test(each)))
    talk(
      `  gradeport user add ${name} --course ${id} --role teacher    # "user role" if the account is there`,
    );
  talk(`  gradeport user add <name> --course ${id}    # for each student`);
  talk('A running server shows the course within a second. Students do not see what its graders print.');
}
