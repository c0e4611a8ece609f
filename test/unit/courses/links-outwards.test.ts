/** A course folder in which the teacher has put links to files of the machine, at every name that the server reads. */
import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { openCourses } from '../../../server/courses/catalogue.ts';
import { reportOn } from '../../../server/courses/import/course-report.ts';
import { readBeneath } from '../../../server/courses/read-beneath.ts';
import { readTask } from '../../../server/courses/read-task.ts';
import type { Course } from '../../../server/courses/task.ts';
import { hostsOf } from '../../../server/execution/slots/task-files.ts';
import { onStopped, type StoppedAttack } from '../../../server/rules/stopped-attacks.ts';
import { readRecorded } from '../../../server/samples/recorded.ts';
import { readSamples } from '../../../server/samples/task-samples.ts';
import { moFile } from '../../support/course-copy.ts';
import { tempFolder } from '../../support/store/temp-folder.ts';

const TASK =
  'name: Secret words\nenvironment_id: default\nenvironment_type: docker\nproblems: {q: {type: code, name: Q}}\n';
const SAMPLE = 'answers: { q: { text: answer.txt } }\nexpect: { verdict: success }\n';
const RECORDED = 'input: {q: "Secret words"}\n';
const FILES: Record<string, string | Buffer> = {
  'course.yaml': 'name: Secret words\n',
  '$common/public/file': 'Secret words',
  '$common/student/file': 'Secret words',
  '$common/$i18n/fr.mo': moFile({ Name: 'Secret words' }),
  '$i18n/fr.mo': moFile({ Name: 'Secret words' }),
  'sum/task.yaml': TASK,
  'sum/run': '#!/bin/sh\n',
  'sum/$i18n/fr.mo': moFile({ Name: 'Secret words', More: 'Secret words' }),
  'sum/public/file': 'Secret words',
  'sum/student/file': 'Secret words',
  'sum/systemfiles/hosts': '10.0.0.1 secret\n',
  'sum/samples/right.yaml': SAMPLE,
  'sum/answer.txt': 'Secret words',
  'sum/test/1.test': RECORDED,
};

let root: string;
let course: string;
beforeEach(() => {
  root = tempFolder();
  course = join(root, 'courses/algo');
  for (const [path, content] of Object.entries(FILES)) {
    mkdirSync(dirname(join(course, path)), { recursive: true });
    writeFileSync(join(course, path), content);
  }
});

/** Moves a file or folder of the course elsewhere, and puts a link in its place. */
function linkOut(path: string): void {
  const elsewhere = join(root, 'elsewhere');
  rmSync(elsewhere, { recursive: true, force: true });
  renameSync(join(course, path), elsewhere);
  symlinkSync(elsewhere, join(course, path));
}

const readCourse = async (): Promise<Course> => {
  const courses = openCourses([join(root, 'courses')]);
  try {
    const found = await courses.get('algo');
    if (!found) throw new Error('no course');
    return found;
  } finally {
    await courses.close();
  }
};

/** Everything that readers outside containers get from the course, as one text. */
async function everythingRead(): Promise<string> {
  const { lti, ...read } = await readCourse();
  const task = join(course, 'sum');
  const alone = await readTask(task);
  const files = await Promise.all([
    readBeneath(task, ['public', 'file'], 1000),
    readBeneath(join(course, '$common'), ['public', 'file'], 1000),
  ]);
  const texts = [read.translations, ...read.tasks.map(({ translations }) => translations)];
  return [
    JSON.stringify([read.name, read.tasks, 'task' in alone && alone.task.name, lti]),
    JSON.stringify(texts.map((one) => [...one].map(([lang, map]) => [lang, ...map]))),
    ...files.map(String),
    lstatSync(task).isSymbolicLink() ? '' : hostsOf(task),
    JSON.stringify([await readRecorded(task), await readSamples(task)], (_, value) =>
      value instanceof Map ? [...value] : value,
    ),
  ].join('\n');
}

const countOf = (text: string) => text.match(/secret/gi)?.length ?? 0;

test.each([
  ...['course.yaml', 'sum', 'sum/task.yaml', 'sum/public', 'sum/public/file', 'sum/$i18n', 'sum/$i18n/fr.mo'],
  ...['$common', '$common/public', '$common/public/file', '$i18n', '$i18n/fr.mo'],
  ...['sum/systemfiles', 'sum/systemfiles/hosts', 'sum/samples', 'sum/samples/right.yaml', 'sum/answer.txt'],
  ...['sum/test', 'sum/test/1.test'],
])('what a link at %s leads to is not read', async (path) => {
  const before = countOf(await everythingRead());
  linkOut(path);
  expect(countOf(await everythingRead())).toBeLessThan(before);
});

test.each([
  ['course.yaml', /algo\/course\.yaml.*it is a link/],
  ['sum', /algo\/sum\/task\.yaml.*it is a link/],
  ['sum/task.yaml', /algo\/sum\/task\.yaml.*it is a link/],
  ...[
    ...['$common', '$common/student', '$common/public', '$i18n', 'sum/student', 'sum/public'],
    ...['sum/systemfiles', 'sum/systemfiles/hosts', 'sum/samples', 'sum/test', 'sum/$i18n'],
  ].map((path): [string, RegExp] => [
    path,
    new RegExp(`algo/${path.replace('$', '\\$')}.*it is a link, and is not used`),
  ]),
])('the check of the course names a link at %s', async (path, named) => {
  linkOut(path);
  const report = await reportOn(course, { announced: null, shipped: [] });
  const all = [...(report?.remarks ?? []), ...(report?.broken.flatMap(({ problems }) => problems) ?? [])];
  expect(all.map(({ file, message }) => `${file}: ${message}`).join('\n')).toMatch(named);
});

test('a link that goes away is no longer named, without a restart', async () => {
  linkOut('sum/public');
  const courses = openCourses([join(root, 'courses')], { recheckMs: 0 });
  const notices = async () => (await courses.get('algo'))?.notices.map(({ file }) => file);
  expect(await notices()).toContain('algo/sum/public');
  rmSync(join(course, 'sum/public'));
  mkdirSync(join(course, 'sum/public'));
  expect(await notices()).not.toContain('algo/sum/public');
  await courses.close();
});

test('a course whose own folder is a link of the operator is read', async () => {
  const elsewhere = join(root, 'kept');
  renameSync(course, elsewhere);
  symlinkSync(elsewhere, course);
  const { tasks, common, name } = await readCourse();
  expect([tasks.map(({ id }) => id), common, name]).toEqual([
    ['sum'],
    join(course, '$common'),
    'Secret words',
  ]);
});

test.each(['sum/task.yaml', 'sum/public/file', 'sum/systemfiles/hosts', 'sum/$i18n/fr.mo', 'sum/answer.txt'])(
  'a pipe that has no writer, at %s, keeps no reader waiting',
  async (path) => {
    const before = countOf(await everythingRead());
    rmSync(join(course, path));
    execFileSync('mkfifo', [join(course, path)]);
    expect(countOf(await everythingRead())).toBeLessThan(before);
  },
);

test('a link that stays within the course is not followed to what students may not see', async () => {
  writeFileSync(join(course, 'sum/solution.py'), 'Secret words');
  rmSync(join(course, 'sum/public'), { recursive: true });
  mkdirSync(join(course, 'sum/public'));
  symlinkSync('../solution.py', join(course, 'sum/public/file'));
  symlinkSync('..', join(course, 'sum/public/up'));
  symlinkSync('.', join(course, 'sum/public/here'));
  for (const parts of [
    ['public', 'file'],
    ['public', 'up', 'solution.py'],
    ['public', 'here', 'file'],
  ])
    expect(await readBeneath(join(course, 'sum'), parts, 1000)).toBeNull();
});

test('each link that was not followed is reported to the operator once, with its course', async () => {
  const stopped: StoppedAttack[] = [];
  onTestFinished(onStopped((attack) => stopped.push(attack)));
  linkOut('sum/public');
  linkOut('$common');
  const courses = openCourses([join(root, 'courses')], { recheckMs: 0 });
  await courses.get('algo');
  await courses.get('algo');
  await courses.close();
  expect(stopped.map(({ kind, course: of, why }) => `${kind} ${of} ${why}`).toSorted()).toEqual([
    'link algo algo/$common is a link, and is not followed',
    'link algo algo/sum/public is a link, and is not followed',
  ]);
});
