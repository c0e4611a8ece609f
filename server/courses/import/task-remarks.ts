/** What students of a task would meet: crashes with every submission, and words that they do not see as they were meant. */
import { closeSync } from 'node:fs';
import { basename, join } from 'node:path';
import { nameInAddress, shownName } from '../../rules/files/byte-names.ts';
import { isFolderBeneath, namesBeneath, openBeneath, readFileBeneath } from '../read-beneath.ts';
import { type Course, type FileProblemReport, isJudged, type Task } from '../task.ts';
import { needsFrame } from '../text/framed.ts';
import { renderText } from '../text/render.ts';
import { baseOf } from '../text/text-place.ts';

/** @property crashes nothing is graded */
export type TaskRemarks = { crashes: FileProblemReport[]; remarks: FileProblemReport[] };

export async function remarksOn(course: Course, task: Task): Promise<TaskRemarks> {
  const file = join(basename(course.folder), task.id);
  const remark = (message: string): FileProblemReport => ({ file, line: null, column: null, message });
  const crashes = [noGrader(course, task), noQuiz(task), await noTerminal(course, task)];
  const texts = [task.context, ...task.problems.map(({ header }) => header)];
  const shown = [
    ...changes(texts),
    ...stillScripts(task, texts),
    ...(await missingPictures(course.id, task, texts)),
  ];
  return {
    crashes: crashes.flatMap((one) => (one === null ? [] : [remark(one)])),
    remarks: shown.map(remark),
  };
}

const RUN_FILE = /^run(\.[\w-]+)?$/;
/** Names are compared as they are written, and every ending counts: "run.PY" and "run.py.txt" are no graders. */
const NEARLY = /^run(\.(py|sh))?(\.(txt|bak|orig|old))?$/i;
const GRADERS = ['run', 'run.py', 'run.sh'];
const isMisspelt = (name: string): boolean => NEARLY.test(name) && !GRADERS.includes(name);

/** An operator may have made the course's folder a link. */
const namesIn = (folder: string, name: string): string[] => namesBeneath(folder, [name], { mayBeLink: true });

/** Images may add run types, so any ending counts. */
function noGrader(course: Course, task: Task): string | null {
  if (task.environment === null || task.runCommand !== null) return null;
  const places = [task.id, '$common'];
  const names = places.flatMap((name) => namesIn(course.folder, name));
  const isFolder = (name: string) => isFolderIn(course.folder, places, name);
  if (names.some((name) => RUN_FILE.test(name) && !isMisspelt(name) && !isFolder(name))) return null;
  const odd = names.find((name) => isMisspelt(name) || RUN_FILE.test(name));
  if (odd !== undefined) return oddGrader(odd, isFolder(odd));
  const message = 'there is no grader: no file run, run.py or run.sh here or in $common, and no run_cmd';
  const isQuiz = task.problems.every(({ type }) => type === 'multiple_choice' || type === 'match');
  const help = isQuiz
    ? 'with "environment_type: mcq" these problems need none'
    : 'only an image that has one in /course grades it';
  return `${message}; ${help}`;
}

/** What gradeQuiz cannot grade. */
function noQuiz({ environment, problems }: Task): string | null {
  if (environment !== null) return null;
  const judged = problems.filter(isJudged);
  if (judged.length === 0)
    return 'every submission crashes: without a container, no problem of this task can be graded';
  const asked = judged.filter(({ type }) => type !== 'multiple_choice' && type !== 'match');
  return asked.length === 0
    ? null
    : `every submission crashes: without a container, only multiple_choice and match are graded; others are ${asked.map(({ id }) => `"${id}"`).join(', ')}`;
}

const isFolderIn = (course: string, places: readonly string[], name: string): boolean =>
  places.some((place) => isFolderBeneath(course, [place, name], { mayBeLink: true }));

function oddGrader(name: string, isFolder: boolean): string {
  if (isFolder)
    return `there is no grader: "${name}" is a folder; put the program that grades into a file run`;
  const ending = /\.(py|sh)\b/i.exec(name)?.[0].toLowerCase() ?? '';
  return `there is no grader: "${name}" is not one of its names; rename it to run${ending}`;
}

/** Longer graders are rare, and call it near their beginning. */
const GRADER_BYTES = 256 * 1024;
const CALLS_TERMINAL = /^(?!\s*#).*\bssh_student\b/m;

async function noTerminal(course: Course, task: Task): Promise<string | null> {
  if (task.environment === null || task.terminal) return null;
  const names = namesIn(course.folder, task.id).filter((name) => RUN_FILE.test(name));
  const sources = await Promise.all(
    names.map((name) =>
      readFileBeneath(task.folder, [name], { maxBytes: GRADER_BYTES }).then(String, () => ''),
    ),
  );
  return sources.some((source) => CALLS_TERMINAL.test(source))
    ? 'the grader calls ssh_student, and the task offers no terminal: a submission that gets there crashes; write "environment_type: docker-ssh"'
    : null;
}

const CHANGES: [RegExp, string][] = [
  [
    /<script\b[^<>]*\bsrc *= *["']?(https?:)?\/\//i,
    'scripts of other sites in its words are not loaded; put them into public/',
  ],
  [
    /(<img\b[^>]*\bsrc=["']?|\.\. (?:image|figure):: *)https?:/i,
    'pictures of other sites are not shown; put them into public/',
  ],
];

const changes = (texts: readonly string[]): string[] =>
  CHANGES.flatMap(([pattern, message]) => (texts.some((text) => pattern.test(text)) ? [message] : []));

const NEEDS_MORE =
  /\b(?:fetch ?\(|XMLHttpRequest|\$\.(?:ajax|get|post|getJSON) ?\(|localStorage|sessionStorage|document\.cookie)/;

/** Scripts run in a frame, which the description and the texts of problems have. */
function stillScripts(task: Task, texts: readonly string[]): string[] {
  const choices = task.problems.flatMap((problem) =>
    problem.type === 'multiple_choice' ? problem.choices.map(({ text }) => text) : [],
  );
  const found: string[] = [];
  if (texts.some((text) => needsFrame(text) && NEEDS_MORE.test(text)))
    found.push(
      'scripts in its words have no network and no storage: what they would load or keep is missing',
    );
  if (choices.some(needsFrame))
    found.push('scripts in choices do not run; put them into the text of the problem');
  return found;
}

const PICTURE = /<img\b[^>]*\bsrc="([^"?#]+)/g;

/** Pictures of the task's own public folder that are not there. */
async function missingPictures(course: string, task: Task, texts: readonly string[]): Promise<string[]> {
  const place = { course, task: task.id };
  const html = await Promise.all(texts.map((text) => renderText(place, text)));
  const own = `${baseOf(place)}/`;
  const paths = html
    .flatMap((text) => [...text.matchAll(PICTURE)].map(([, src = '']) => src))
    .filter((src) => src.startsWith(own))
    .map((src) => decoded(src.slice(own.length)));
  const missing = [...new Set(paths)].filter((path) => !isPublic(task, path));
  return missing.map((path) => `there is no picture public/${shownName(path)}`);
}

const decoded = (path: string): string =>
  path.replaceAll('&amp;', '&').split('/').map(nameInAddress).join('/');

function isPublic(task: Task, path: string): boolean {
  const file = openBeneath(task.folder, ['public', ...path.split('/')], Number.MAX_SAFE_INTEGER);
  if (file) closeSync(file.descriptor);
  return file !== null;
}
