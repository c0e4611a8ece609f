/** The story of a run as far as the store knows it: for runs that the event log never saw or has forgotten. */
import type { Run } from '../../../model/collections.ts';
import type { StepBody } from './steps.ts';

export function storedSteps(run: Run, position: number | null): StepBody[] {
  if (run.state === 'queued') return [{ type: 'queued', position }];
  const starting: StepBody[] = run.environment
    ? [{ type: 'starting', environment: run.environment.name, runtime: run.environment.runtime ?? '' }]
    : [];
  const { outcome } = run;
  if (!outcome) return starting;
  const { head, tail, omittedBytes } = outcome.output;
  const output = (text: string): StepBody[] =>
    text === '' ? [] : [{ type: 'output', stream: 'stdout', text }];
  return [
    ...starting,
    { type: 'started', startMs: outcome.timings.startMs },
    ...output(head),
    ...(omittedBytes > 0 ? [{ type: 'omitted', bytes: omittedBytes } as const] : []),
    ...output(tail),
    { type: 'done', outcome },
  ];
}
