/** What the engine's client throws, in our words. */
import { GradeportError } from '../../rules/errors.ts';

const UNREACHABLE = new Set(
  'ECONNREFUSED ENOENT EACCES ECONNRESET EPIPE ETIMEDOUT ENOTFOUND EAI_AGAIN'.split(' '),
);

export function unreachable(cause: unknown): GradeportError {
  const denied = cause instanceof Error && 'code' in cause && cause.code === 'EACCES';
  const sentence = denied
    ? 'This user may not talk to the container engine. Run as root, or join the group that owns its socket (docker).'
    : 'The container engine does not answer. Start it (npm run engine -- start), or set DOCKER_HOST.';
  return new GradeportError('unreachable', sentence, { cause });
}

/** The HTTP status of an answer that the engine gave, null when it gave none. */
export function statusOf(error: unknown): number | null {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : null;
}

/** Runs a call to the engine; a broken connection becomes "unreachable". */
export async function asking<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (statusOf(error) === null && UNREACHABLE.has(code)) throw unreachable(error);
    throw error;
  }
}

/** For removals: something that is gone already, or going, is what we wanted. */
export async function unlessGone(call: () => Promise<unknown>): Promise<void> {
  try {
    await asking(call);
  } catch (error) {
    const status = statusOf(error);
    if (status !== 404 && status !== 409) throw error;
  }
}

/** For an image that is being removed, the engine answers 500 with one of two sentences. */
const isGone = (error: unknown): boolean =>
  statusOf(error) === 404 ||
  (error instanceof Error && /unrecognized image ID|failed to get digest .*no such file/.test(error.message));

/** For catch: what the engine does not have becomes "not-found". */
export const notFound =
  (sentence: string) =>
  (error: unknown): never => {
    throw isGone(error) ? new GradeportError('not-found', sentence, { cause: error }) : error;
  };
