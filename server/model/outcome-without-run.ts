/** The outcome of a run that never reached a container: it was stopped while it waited, or given up. */
import { emptyReport } from '../../grading-api/report.ts';
import { concludeVerdict, type Ending } from '../rules/verdict.ts';
import type { Outcome } from './collections.ts';

export function outcomeWithoutRun(ending: Exclude<Ending, { kind: 'crashed' }>): Outcome {
  return {
    ...concludeVerdict(ending, null, []),
    report: emptyReport,
    details: ending.kind === 'system-error' ? ending.reason : '',
    sharedContainer: false,
    output: { head: '', tail: '', omittedBytes: 0 },
    timings: { startMs: 0, graderMs: 0, programMs: 0, totalMs: 0 },
    used: { cpuMs: 0, wallMs: 0, memoryBytes: 0, outputBytes: 0 },
  };
}
