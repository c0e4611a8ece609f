/** The runtimes of the long suites that npm run test:ways repeats on the other ways. */
import process from 'node:process';

/**
 * @param runtimes without gVisor on the direct way, which starts it as the local one does: what a suite found there it
 * would find twice in one call of CI
 */
export const onceInCi = (...runtimes: string[]): string[] =>
  process.env['GRADEPORT_EXECUTION'] ? runtimes : runtimes.filter((runtime) => runtime !== 'runsc');
