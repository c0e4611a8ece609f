import type { VerdictView } from '../../../web/view-models.ts';
import type { Outcome } from '../../model/collections.ts';
import type { VerdictKind } from '../../rules/verdict.ts';
import { bytesText } from '../../text/quantities.ts';

type Tone = 'good' | 'bad' | 'warn';

/** "warn": not the student's program was judged, somebody stopped it or something of ours or the teacher's broke. */
const SHOWN: Record<VerdictKind, readonly [label: string, tone: Tone]> = {
  success: ['Success', 'good'],
  failed: ['Failed', 'bad'],
  timeout: ['Out of time', 'bad'],
  'out-of-memory': ['Out of memory', 'bad'],
  'output-limit': ['Too much output', 'bad'],
  'disk-full': ['Folder full', 'bad'],
  'process-limit': ['Too many processes', 'bad'],
  killed: ['Stopped', 'warn'],
  crashed: ['Grader crashed', 'warn'],
  'system-error': ['System error', 'warn'],
};

export const verdictLabel = (verdict: VerdictKind): string => SHOWN[verdict][0];
export const verdictTone = (verdict: VerdictKind): Tone => SHOWN[verdict][1];

export function verdictView(outcome: Outcome, staff: boolean): VerdictView {
  const { cpuMs, wallMs, memoryBytes, outputBytes } = outcome.used;
  return {
    verdict: outcome.verdict,
    label: verdictLabel(outcome.verdict),
    tone: verdictTone(outcome.verdict),
    summary: outcome.summary,
    grade: outcome.grade,
    // Details may quote the grader's own code and answers.
    details: staff ? outcome.details : '',
    shared: staff && outcome.sharedContainer,
    timings: outcome.timings,
    used: { cpuMs, wallMs, memory: bytesText(memoryBytes), outputBytes },
  };
}
