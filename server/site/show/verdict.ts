import type { MessageKey, PageTranslate } from '../../../web/languages.ts';
import type { VerdictView } from '../../../web/view-models.ts';
import type { Outcome } from '../../model/collections.ts';
import { uncountedText } from '../../model/uncounted.ts';
import type { VerdictKind } from '../../rules/verdict.ts';
import { bytesText } from '../../text/quantities.ts';

type Tone = 'good' | 'bad' | 'warn';

/** warn: no judgement on the student's program: it was stopped, or our or the teacher's code failed. */
const SHOWN: Record<VerdictKind, readonly [label: MessageKey, tone: Tone]> = {
  success: ['live.success', 'good'],
  failed: ['live.failed', 'bad'],
  timeout: ['live.outOfTime', 'bad'],
  'out-of-memory': ['live.outOfMemory', 'bad'],
  'output-limit': ['live.tooMuchOutput', 'bad'],
  'disk-full': ['live.folderFull', 'bad'],
  'process-limit': ['live.tooManyProcesses', 'bad'],
  killed: ['live.stopped', 'warn'],
  crashed: ['live.graderCrashed', 'warn'],
  'system-error': ['live.systemError', 'warn'],
};

export const verdictLabel = (verdict: VerdictKind, t: PageTranslate): string => t(SHOWN[verdict][0]);
export const verdictTone = (verdict: VerdictKind): Tone => SHOWN[verdict][1];

export function verdictView(outcome: Outcome, staff: boolean, t: PageTranslate): VerdictView {
  const { cpuMs, wallMs, memoryBytes, outputBytes } = outcome.used;
  return {
    verdict: outcome.verdict,
    label: verdictLabel(outcome.verdict, t),
    tone: verdictTone(outcome.verdict),
    summary: outcome.summary,
    grade: outcome.grade,
    // Details may quote the grader's own code and answers.
    details: staff ? outcome.details : '',
    shared: staff && outcome.sharedContainer,
    uncounted: outcome.uncounted ? uncountedText(outcome.uncounted) : null,
    timings: outcome.timings,
    used: { cpuMs, wallMs, memory: bytesText(memoryBytes), outputBytes },
  };
}
