/** Explains why a build failed, in sentences. */
import { z } from 'zod';
import type { BuildLimits, BuildOrder } from '../../../ports/engine/builder.ts';
import { GradeportError } from '../../../rules/errors.ts';
import { bytesText, durationText } from '../../../text/quantities.ts';
import { statusOf, unreachable } from '../errors.ts';

/** Names what ended a build: a limit, the clock, somebody's Stop, or the engine. */
export function toError(
  error: unknown,
  { tag: name, limits, stopped }: BuildOrder,
  isLate: boolean,
): unknown {
  if (error instanceof GradeportError) {
    return error.code === 'unreachable'
      ? error
      : new GradeportError(error.code, `Building ${name} was ended. ${error.message}`, { cause: error });
  }
  const sorry = (sentence: string) => new GradeportError('conflict', sentence, { cause: error });
  if (stopped?.aborted) return sorry(`Building ${name} was stopped.`);
  if (isLate && limits) {
    return sorry(
      `Building ${name} was ended. It took longer than ${durationText(limits.timeMs)}, which is the limit.`,
    );
  }
  if (statusOf(error) !== null) return sorry(`Building ${name} failed: ${wordsOf(error)}`);
  return error instanceof Error && 'code' in error ? unreachable(error) : error;
}

const answerSchema = z.object({ json: z.object({ message: z.string() }) });
/** The engine's own words, without its client's around them. */
const wordsOf = (error: unknown): string =>
  answerSchema.safeParse(error).data?.json.message ??
  (error instanceof Error ? error.message : String(error));

export function failure(
  name: string,
  error: string,
  tail: readonly string[],
  limits: BuildLimits | null,
): GradeportError {
  const lines = tail.map((text) => `\n  ${text}`).join('');
  const code = /no space left on device/i.test(error) ? 'no-space' : 'conflict';
  return new GradeportError(code, `Building ${name} failed: ${error}${hintFor(error, tail, limits)}${lines}`);
}

/** Adds what the engine's words do not say. */
function hintFor(error: string, lines: readonly string[], limits: BuildLimits | null): string {
  const says = (pattern: RegExp) => lines.some((line) => pattern.test(line));
  if (says(/\b(dnf|yum|microdnf): (command )?not found/)) {
    return '\nIts Dockerfile installs with dnf or yum, and its base is Debian: use apt-get, or the base that it was written for.';
  }
  if (limits && /code: 137$/.test(error)) {
    return `\nThe step was killed: probably it needed more memory than the ${bytesText(limits.memoryBytes)} that a build has.`;
  }
  if (limits && says(/fork: (retry: )?Resource temporarily unavailable|can't fork/i)) {
    return `\nThe step wanted more than the ${limits.pids} processes that a build may have.`;
  }
  return '';
}
