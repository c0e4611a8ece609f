/** Makes the input map that a grader gets: answers by problem id, and INGInious' "@…" keys. */
import type { Settings } from '../courses/students/student-settings.ts';
import type { GraderInput } from '../execution/run/grading-job.ts';
import type { SubmittedAnswer, SubmittedAnswers } from '../model/answers.ts';
import type { Answer, StoredFile, Submission, User } from '../model/collections.ts';
import type { LtiFields } from '../model/lti.ts';
import type { Blobs } from '../ports/store.ts';

const isStoredFile = (answer: Answer): answer is StoredFile =>
  typeof answer === 'object' && !Array.isArray(answer);

/** "2026-11-20 10:00:00.000000", in the server's own time zone, as INGInious writes it. */
function graderTime(instant: Date): string {
  const two = (number: number) => String(number).padStart(2, '0');
  const date = `${instant.getFullYear()}-${two(instant.getMonth() + 1)}-${two(instant.getDate())}`;
  const time = `${two(instant.getHours())}:${two(instant.getMinutes())}:${two(instant.getSeconds())}`;
  return `${date} ${time}.${String(instant.getMilliseconds()).padStart(3, '0')}000`;
}

export type Circumstances = {
  username: string;
  email: string;
  lang: string;
  at: Date;
  attempts: number;
  state: string;
  /** What the student entered in the course about themselves. */
  settings?: Settings | undefined;
  /** The task's numbers for this student; absent: it has none. */
  random?: readonly number[] | undefined;
  /** The fields of the learning platform that sent the student to the task. */
  lti?: LtiFields | undefined;
};

const atKeys = (about: Circumstances): Record<string, unknown> => ({
  '@username': about.username,
  '@email': about.email,
  '@lang': about.lang,
  '@time': graderTime(about.at),
  '@attempts': String(about.attempts),
  '@random': about.random ?? [],
  '@state': about.state,
  '@settings': about.settings ?? {},
  ...Object.fromEntries(Object.entries(about.lti ?? {}).map(([field, value]) => [`@lti_${field}`, value])),
});

export function toGraderInput(answers: SubmittedAnswers, about: Circumstances): GraderInput {
  const input: Record<string, unknown> = atKeys(about);
  const files: string[] = [];
  for (const [id, answer] of answers) {
    if (typeof answer === 'string' || Array.isArray(answer)) input[id] = answer;
    else {
      input[id] = { filename: answer.filename, value: Buffer.from(answer.content).toString('base64') };
      files.push(id);
    }
  }
  return { input, files, answers };
}

const DEFAULT_LANGUAGE = 'en';

/**
 * @param people the student who submitted, or all members of the team
 * @param state what their last graded run left for the next one
 */
export async function inputOf(
  submission: Submission,
  people: readonly Pick<User, 'name' | 'email'>[],
  state: string,
  blobs: Blobs,
): Promise<GraderInput> {
  const answers = new Map<string, SubmittedAnswer>();
  for (const [id, answer] of Object.entries(submission.answers)) {
    if (!isStoredFile(answer)) answers.set(id, answer);
    else answers.set(id, { filename: answer.filename, content: await blobs.get(answer.blob) });
  }
  const lang = submission.lang ?? DEFAULT_LANGUAGE;
  const ready = toGraderInput(answers, {
    username: people.length === 0 ? submission.userId : people.map(({ name }) => name).join(','),
    email: people.flatMap(({ email }) => email ?? []).join(','),
    lang,
    at: new Date(submission.at),
    attempts: submission.attempt + 1,
    state,
    random: submission.random,
    settings: submission.settings,
    lti: submission.lti,
  });
  return { ...ready, spoken: lang };
}
