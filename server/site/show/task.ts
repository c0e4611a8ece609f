import type { FrameView } from '../../../web/framed-views.ts';
import type { PageTranslate } from '../../../web/languages.ts';
import type { ProblemView, RunRow, TaskPage } from '../../../web/view-models.ts';
import { choicesOf } from '../../courses/environment-choice.ts';
import type { Course, Task } from '../../courses/task.ts';
import { needsFrame } from '../../courses/text/framed.ts';
import { renderText } from '../../courses/text/render.ts';
import { baseOf } from '../../courses/text/text-place.ts';
import type { EnvironmentCatalogue } from '../../environments/discovery/environment.ts';
import type { AnswerFaults } from '../../model/answers.ts';
import type { User } from '../../model/collections.ts';
import { type Limits, resolveLimits } from '../../rules/limits.ts';
import type { NearlyFull } from '../../submissions/admission/amounts.ts';
import type { Allowance } from '../../submissions/admission/submission-limit.ts';
import type { TaskRun } from '../../submissions/task-runs.ts';
import { bytesText, durationText } from '../../text/quantities.ts';
import { allowanceText } from './allowance.ts';
import { deadlineText, whyClosed } from './course.ts';
import { courseHref, environmentHref, frameHref, groupsHref, runHref, taskHref } from './hrefs.ts';
import { nav } from './nav.ts';
import { type GivenAnswer, problemView } from './problem.ts';
import { verdictLabel, verdictTone } from './verdict.ts';

/** How many runs the list beside a task shows. */
export const SHOWN_RUNS = 10;

export type TaskContext = {
  user: User;
  environments: EnvironmentCatalogue;
  ceilings: Limits;
  maxUploadBytes: number;
  nowMs: number;
  /** The reader's language. */
  lang: string;
  /** The reader's "@random" numbers. */
  random: readonly number[];
  /** null: no limit. */
  allowance: Allowance | null;
  /** The name of the group that hands in; null: each student hands in alone. */
  group: string | null;
  /** Why a student without a group cannot hand in; null: they can. */
  groupless: string | null;
  /** Whose bound of stored bytes is nearly used up; null: there is room. */
  nearlyFull: NearlyFull | null;
  /** Newest first. */
  runs: readonly TaskRun[];
  /** The run whose grade counts; null: none yet. */
  counted: string | null;
  /** The form's value, by problem id. */
  given: (problem: string) => GivenAnswer;
  /** The environment selected in the form; undefined: the task's own. */
  environment: string | undefined;
  faults: AnswerFaults;
};

export async function taskPage(
  course: Course,
  task: Task,
  context: TaskContext,
  t: PageTranslate,
): Promise<TaskPage> {
  const { faults } = context;
  const href = taskHref(course.id, task.id);
  const limits = resolveLimits(task.limits, context.ceilings);
  return {
    ...nav(context.user, 'courses', task.name),
    course: { id: course.id, name: course.name, href: courseHref(course.id) },
    task: {
      id: task.id,
      name: task.name,
      author: task.author,
      contextHtml: await renderText({ course: course.id, task: task.id }, task.context),
      frame: frameOf(task, null, context, t),
    },
    problems: await problemViews(task, context, t),
    limits: {
      time: durationText(limits.cpuMs),
      memory: bytesText(limits.memoryBytes),
      output: bytesText(limits.outputBytes),
    },
    environment: environmentOf(task, context.environments, t),
    environmentChoices: choiceViews(task, context),
    closed:
      whyClosed(task, context, t) ??
      context.groupless ??
      (context.allowance?.left === 0 ? allowanceText(context.allowance, t) : null),
    deadline: deadlineText(task, context.nowMs, t),
    group: groupView(task, context),
    allowance: context.allowance && allowanceText(context.allowance, t),
    nearlyFull: context.nearlyFull && nearlyFullText(context.nearlyFull, t),
    numbers:
      context.random.length > 0 ? { shown: [...context.random], sent: JSON.stringify(context.random) } : null,
    contactHref: contactHref(task, context.user),
    submitHref: href,
    runs: context.runs.map((run) => runRow(run, context.counted, t)),
    runsNote: runsNote(task, t),
    error: pageError(task, faults, t),
  };
}

/** INGInious' longest list is shorter, and addresses have a bound. */
const SENT_NUMBERS = 400;

function frameOf(
  task: Task,
  problem: Task['problems'][number] | null,
  { lang, random }: TaskContext,
  t: PageTranslate,
): FrameView | null {
  if (!needsFrame(problem === null ? task.context : problem.header)) return null;
  const shown = { lang, random: JSON.stringify(random.slice(0, SENT_NUMBERS)) };
  return {
    href: frameHref(task.course, task.id, problem?.id ?? null, shown),
    base: baseOf({ course: task.course, task: task.id }),
    title: t('task.framedText', { name: problem?.name || t('task.description') }),
  };
}

const problemViews = (task: Task, context: TaskContext, t: PageTranslate): Promise<ProblemView[]> =>
  Promise.all(
    task.problems.map((problem) =>
      problemView({ course: task.course, task: task.id }, problem, {
        given: context.given(problem.id),
        error: Object.hasOwn(context.faults, problem.id) ? (context.faults[problem.id] ?? null) : null,
        maxUploadBytes: context.maxUploadBytes,
        shownTo: { username: context.user.name, lang: context.lang },
        frame: frameOf(task, problem, context, t),
        inQuiz: task.environment === null,
      }),
    ),
  );

function nearlyFullText({ whose, bytes, most }: NearlyFull, t: PageTranslate): string {
  return whose === 'user'
    ? t('task.yourRoomEnds', { used: bytesText(bytes), most: bytesText(most) })
    : t('task.allRoomEnds', { used: bytesText(bytes), most: bytesText(most) });
}

/** For a group task: for which group the answer counts, and a link to the groups. */
function groupView({ course, groups }: Task, { group }: TaskContext): TaskPage['group'] {
  return groups ? { name: group, href: groupsHref(course) } : null;
}

/** Fills INGInious' placeholders; only an address that a browser may follow. */
function contactHref({ contactUrl, id, course }: Task, user: User): string | null {
  const values: Record<string, string> = { task_id: id, course_id: course, username: user.name };
  const href = contactUrl.replace(/\{(task_id|course_id|username)\}/g, (_, name: string) =>
    encodeURIComponent(values[name] ?? ''),
  );
  return /^(https?:\/\/|mailto:)[^\s]+$/i.test(href) ? href : null;
}

/** INGInious keeps and shows only the last few submissions. Here all are kept, but only so many are listed. */
const COUNTS = {
  best: 'task.bestCounts',
  last: 'task.lastCounts',
} as const;

function runsNote({ evaluate, storedSubmissions: stored }: Task, t: PageTranslate): string {
  const rule = t(COUNTS[evaluate]);
  if (stored === 0 || stored >= SHOWN_RUNS) return rule;
  return `${rule} ${t('task.listed', { count: stored })}`;
}

function runRow({ verdict, ...run }: TaskRun, counted: string | null, t: PageTranslate): RunRow {
  return {
    id: run.id,
    href: runHref(run.id),
    at: run.queuedAt,
    state: run.state,
    verdict,
    label: verdict && verdictLabel(verdict, t),
    tone: verdict && verdictTone(verdict),
    grade: run.grade,
    counts: run.id === counted,
  };
}

function environmentOf(
  task: Task,
  environments: EnvironmentCatalogue,
  t: PageTranslate,
): TaskPage['environment'] {
  if (task.environment === null) return null;
  const found = environments.find(task.environment, task);
  const name = found?.name ?? task.environment;
  const about = { name, href: environmentHref(name) };
  if (!found) return { ...about, available: false, reason: t('task.notInstalled') };
  return { ...about, available: found.available, reason: found.reason };
}

function choiceViews(task: Task, { environments, environment }: TaskContext): TaskPage['environmentChoices'] {
  const all = choicesOf(task).map((name) => {
    const found = environments.find(name);
    return { name, title: found?.title || name, away: environments.engine().ok && !found?.available };
  });
  // An environment that is away cannot be chosen: the first available one is selected.
  const chosen = all.find(({ name, away }) => name === environment && !away) ?? all.find(({ away }) => !away);
  return all.map((one) => ({ ...one, chosen: one === chosen }));
}

/** Errors of problems that the page does not show are listed at its top. */
function pageError(task: Task, faults: AnswerFaults, t: PageTranslate): string | null {
  const shown = new Set(task.problems.map((problem) => problem.id));
  const others = Object.entries(faults).filter(([id]) => !shown.has(id));
  if (others.length > 0) return others.map(([id, fault]) => `${id}: ${fault}`).join(' ');
  return Object.keys(faults).length > 0 ? t('task.lookAtMarked') : null;
}
