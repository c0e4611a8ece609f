/** Signs a user in whom a learning platform sends (LTI 1.1 basic launch). Stores nothing before it is verified. */
import { createHash } from 'node:crypto';
import type { CourseCatalogue } from '../courses/catalogue-types.ts';
import type { Lti } from '../courses/task.ts';
import type { User } from '../model/collections.ts';
import { type LtiGradePlace, ltiLaunchId } from '../model/lti.ts';
import type { Users } from '../people/users.ts';
import type { Store } from '../ports/store.ts';
import { GradeportError } from '../rules/errors.ts';
import { createLtiAccounts } from './accounts.ts';
import { fieldsOf, type LaunchForm, personName, readLaunchForm } from './launch-form.ts';
import { baseString, isSignature, signatureOf } from './oauth.ts';
import type { Arrival } from './owed-grades.ts';

/** The advice of LTI 1.1's implementation guide; allows for wrong clocks and slow first pages. */
const WINDOW_MS = 5 * 60_000;

export type LaunchRequest = {
  course: string;
  task: string;
  /** The address as the learning platform knows it. */
  origin: string;
  path: string;
  /** What follows the "?" of the address. */
  query: string;
  /** The form as it came. */
  body: string;
};
export type LaunchDeps = {
  store: Pick<Store, 'users' | 'ltiNonces' | 'ltiLaunches'>;
  courses: Pick<CourseCatalogue, 'get'>;
  setRole: Users['setRole'];
  /** Called for each user whose grade the platform takes. */
  onArrival: (arrival: Arrival) => void;
  clock: () => number;
};

export function createLaunch({ store, courses, setRole, onArrival, clock }: LaunchDeps) {
  const accounts = createLtiAccounts(store, setRole, clock);

  /** Fails with "usage", "not-found" or "denied", in a sentence for the teacher who sets the platform up. */
  return async (request: LaunchRequest): Promise<User> => {
    const form = readLaunchForm(request.body, request.query);
    const course = await courses.get(request.course);
    const lti = course?.lti ?? null;
    if (!course || !lti) throw noSuchCourse(request.course);
    checkSignature(request, form, lti);
    checkTime(form.oauth_timestamp, clock());
    if (!course.tasks.some(({ id }) => id === request.task)) throw noSuchTask(request);
    await useNonce(request.course, form);
    const user = await accounts.enter({
      course: course.id,
      key: form.oauth_consumer_key,
      consumer: form.tool_consumer_instance_guid,
      userId: form.user_id,
      name: personName(form),
      email: form.lis_person_contact_email_primary,
    });
    const place = placeOf(form, lti);
    await remember(request, user.id, form, place);
    if (place) onArrival({ course: course.id, task: request.task, userId: user.id, place });
    return user;
  };

  async function useNonce(course: string, { oauth_consumer_key, oauth_nonce, oauth_timestamp }: LaunchForm) {
    const about = JSON.stringify([course, oauth_consumer_key, oauth_timestamp, oauth_nonce]);
    const id = createHash('sha256').update(about).digest('hex');
    await store.ltiNonces.remove({ expiresAt: { $lte: new Date(clock()).toISOString() } });
    const expiresAt = new Date(oauth_timestamp * 1000 + WINDOW_MS + 1000).toISOString();
    await store.ltiNonces.insert({ id, expiresAt }).catch((error: unknown) => {
      if (!(error instanceof GradeportError) || error.code !== 'conflict') throw error;
      const sentence =
        'This link was used already. Go back to your learning platform and open the activity again.';
      throw new GradeportError('denied', sentence, { cause: error });
    });
  }

  async function remember(
    request: LaunchRequest,
    userId: string,
    form: LaunchForm,
    place: LtiGradePlace | null,
  ) {
    const { course, task } = request;
    const id = ltiLaunchId({ course, task, userId });
    const seen = { at: new Date(clock()).toISOString(), fields: fieldsOf(form, course, task), place };
    if (await store.ltiLaunches.update({ id }, { $set: seen })) return;
    await store.ltiLaunches.insert({ id, userId, ...seen }).catch((error: unknown) => {
      // Another window of this user came first, with an equally valid launch.
      if (!(error instanceof GradeportError) || error.code !== 'conflict') throw error;
    });
  }
}

function placeOf(form: LaunchForm, { sendBackGrade }: Lti): LtiGradePlace | null {
  const { lis_outcome_service_url: url, lis_result_sourcedid: sourcedId, oauth_consumer_key: key } = form;
  return sendBackGrade && url !== '' && sourcedId !== '' ? { url, sourcedId, key } : null;
}

function checkSignature({ origin, path, course }: LaunchRequest, form: LaunchForm, lti: Lti): void {
  const secret = lti.secretOf(form.oauth_consumer_key);
  if (secret === null) {
    const key = form.oauth_consumer_key.slice(0, 60);
    throw new GradeportError(
      'denied',
      `The course "${course}" has no key "${key}": see lti_keys in its course.yaml.`,
    );
  }
  // A teacher may have typed letters that browsers write as %-escapes; the platform signs the typed address.
  const isRight = [path, plain(path)].some((one) =>
    isSignature(
      form.oauth_signature,
      signatureOf(baseString('POST', { origin, path: one }, form.pairs), secret),
    ),
  );
  if (isRight) return;
  throw new GradeportError(
    'denied',
    'The signature is wrong. Either the secret of this key differs from the one in lti_keys, or the learning ' +
      `platform knows this tool by another address than ${origin}${path}. Should browsers use another address, the operator ` +
      'sets it as publicUrl.',
  );
}

function plain(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function checkTime(timestampS: number, nowMs: number): void {
  const offMs = nowMs - timestampS * 1000;
  if (Math.abs(offMs) <= WINDOW_MS) return;
  const off = `${Math.round(Math.abs(offMs) / 60_000)} minutes ${offMs > 0 ? 'old' : 'in the future'}`;
  throw new GradeportError(
    'denied',
    `This link is ${off}; ${WINDOW_MS / 60_000} are allowed. Open the activity again. If it stays so, one of the clocks ` +
      "is wrong: this server's or the learning platform's.",
  );
}

const noSuchCourse = (course: string): GradeportError =>
  new GradeportError(
    'not-found',
    `There is no course "${course.slice(0, 100)}" here that students may come to by LTI. ` +
      'Its course.yaml needs is_lti: true, and lti_keys.',
  );

const noSuchTask = ({ course, task }: LaunchRequest): GradeportError =>
  new GradeportError(
    'not-found',
    `The course "${course}" has no task "${task.slice(0, 100)}", or it cannot be read.`,
  );
