/** What is stored of a submission: answers, settings and teams as they are when it is handed in. */
import { randomNumbers } from '../courses/random-numbers.ts';
import type { Settings } from '../courses/students/student-settings.ts';
import type { Task } from '../courses/task.ts';
import type { SubmittedAnswers } from '../model/answers.ts';
import type { Answer, Bundles, Submission } from '../model/collections.ts';
import type { LtiLaunch } from '../model/lti.ts';
import { keepTeam, type Party } from '../people/teams.ts';
import type { Blobs } from '../ports/store.ts';
import { GradeportError } from '../rules/errors.ts';
import { checkNoneIsOpen, type NewRunDeps } from './new-run.ts';
import { gradeReturnsOf } from './owed-grades.ts';
import type { Reading } from './port.ts';

export const STILL_GRADED =
  'Your last submission to this task is still being graded; wait for its verdict or stop it.';

/** A submission that passed all checks and may be stored. */
export type Admission = {
  ok: true;
  task: Task;
  party: Party;
  answers: SubmittedAnswers;
  reading: Reading;
  settings: Settings;
  launches: readonly LtiLaunch[];
  bundles: Bundles | null;
};

/** The submission as it will be stored, and the grades that platforms wait for. Uploads and teams are stored here. */
export async function newSubmission(deps: NewRunDeps, admission: Admission) {
  const { store, clock } = deps;
  const { task, party, reading, settings, launches, bundles } = admission;
  const own = { course: task.course, task: task.id, ...party.owner };
  const [attempt] = await Promise.all([
    store.submissions.count(party.all),
    checkNoneIsOpen(deps, own, STILL_GRADED),
  ]);
  const seen = drawn(task, party, reading, attempt);
  const by = party.owner.team?.by ?? party.owner.userId;
  const sender = launches.find(({ userId }) => userId === by);
  if (!party.isKept) await keepTeam(store, party.owner);
  const submission: Submission = {
    id: deps.newId(),
    ...own,
    at: new Date(clock()).toISOString(),
    answers: await storeAnswers(store.blobs, admission.answers),
    attempt,
    ...seen,
    ...(Object.keys(settings).length > 0 && { settings }),
    ...(sender && { lti: sender.fields }),
    ...(bundles && { bundles }),
  };
  return { submission, owed: gradeReturnsOf(submission, launches) };
}

/** The numbers of the student or group; if those on the page differ, the answer is to another question. */
function drawn(
  task: Task,
  { seed }: Party,
  { lang, random: shown, environment }: Reading,
  attempt: number,
): Pick<Submission, 'lang' | 'random' | 'environment'> {
  const random = randomNumbers(task, seed, attempt);
  if (shown?.some((number, index) => number !== random[index])) {
    const sentence =
      'The numbers of this task have changed since you opened it. Look at it again, then submit.';
    throw new GradeportError('conflict', sentence);
  }
  return { lang, ...(random.length > 0 && { random }), ...(environment !== undefined && { environment }) };
}

async function storeAnswers(blobs: Blobs, answers: SubmittedAnswers): Promise<Record<string, Answer>> {
  const stored: [string, Answer][] = [];
  for (const [id, answer] of answers) {
    if (typeof answer === 'string') stored.push([id, answer]);
    else if (Array.isArray(answer)) stored.push([id, answer]);
    else {
      const blob = await blobs.put(answer.content);
      stored.push([id, { filename: answer.filename, blob, size: answer.content.length }]);
    }
  }
  return Object.fromEntries(stored);
}
