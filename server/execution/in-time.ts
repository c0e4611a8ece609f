/** The start of a run's containers: it may take long, but holds a worker's place no longer than the run itself may. */
import { GradeportError } from '../rules/errors.ts';

/** A container that was not made ahead needs a second or two on a machine with nothing else to do. */
const LEAST_START_MS = 3000;

export type StartTimes = {
  /** The task's own limit on the clock. */
  wallMs: number;
  /** Aborted when the run is stopped, or the server ends. */
  signal: AbortSignal;
  /**
   * Called when the start takes longer than the run itself may; returns whether the run has given its place to another
   * one. Absent: it holds no place that others wait for.
   */
  startsLate?: (() => boolean) | undefined;
};

/**
 * @param start ends soon after its signal is aborted
 * @returns null: the run was stopped meanwhile
 */
export async function startInTime<T>(
  start: (signal: AbortSignal) => Promise<T>,
  { wallMs, signal, startsLate = () => true }: StartTimes,
): Promise<T | null> {
  const tooLate = new AbortController();
  const late = () => void (startsLate() || tooLate.abort());
  const timer = setTimeout(late, Math.max(wallMs, LEAST_START_MS));
  try {
    return await start(AbortSignal.any([signal, tooLate.signal]));
  } catch (error) {
    if (signal.aborted) return null;
    if (!tooLate.signal.aborted) throw error;
    const sentence = 'Many containers are slow to start now; the run is tried again when others have begun.';
    throw new GradeportError('busy', sentence, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
