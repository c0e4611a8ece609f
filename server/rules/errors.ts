/**
 * Exceptions that a person can act on. Each carries a code that is mapped once at the edge: to an HTTP
 * status in http/, to an exit code in cli/. The message is one sentence that names the thing and says what
 * to do; what went wrong with student code is never an exception.
 */
export const ERROR_CODES = [
  'usage', // the request is malformed: names the field and the file
  'denied', // not signed in, or not allowed
  'not-found',
  'conflict', // already there, port or data folder in use
  'too-large',
  'busy', // queue full, too many attempts: try again later
  'unreachable', // the container engine does not answer
  'store-away', // the database does not answer for a moment
  'no-space',
  'internal',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

export class GradeportError extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'GradeportError';
    this.code = code;
  }
}

/** The environment of a task cannot grade now: its image or its runtime is not there. It may come back. */
export class EnvironmentAway extends GradeportError {
  /** As the task names it. */
  readonly environment: string;
  constructor(environment: string, message: string) {
    super('conflict', message);
    this.environment = environment;
  }
}

/** True for the system's own "no space left" and "quota exceeded", wherever they are wrapped. */
export function isNoSpace(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')) return true;
  if (/database or disk is full|no space left on device/i.test(error.message)) return true;
  return isNoSpace(error.cause);
}

/** What went wrong first: where clearing up fails as well, JavaScript wraps both errors into one. */
export function firstError(error: unknown): unknown {
  let first = error;
  while (first instanceof SuppressedError) first = first.suppressed;
  return first;
}
