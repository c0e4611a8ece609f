/** What a machine does not count of a run, in words. */
import type { Measure } from '../../grading-api/protocol.ts';

const NAMES: Record<Measure, string> = {
  cpu: 'processor time',
  memory: 'memory',
  processes: 'refused processes',
};

export const uncountedText = (uncounted: readonly Measure[]): string =>
  uncounted.map((one) => NAMES[one]).join(', ');
