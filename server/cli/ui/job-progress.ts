/** A job's progress: one rewritten line on a terminal, otherwise a line from time to time. */
import type { JobNews, JobProgress } from '../../jobs/port.ts';
import { bytesText } from '../../text/quantities.ts';
import { createProgress, harmless } from './terminal.ts';

export function createNews(): JobNews & { end(): void } {
  const progress = createProgress();
  return {
    line: (text) => progress.line(`  ${harmless(text)}`),
    progress(news) {
      progress.line(`  ${harmless(news.step)}${howFar(news)}`);
    },
    end: progress.end,
  };
}

function howFar({ done, total, unit }: JobProgress): string {
  if (total === null || total === 0) return '';
  const percent = `${Math.floor((100 * done) / total)} %`;
  return unit === 'bytes'
    ? `: ${percent} (${bytesText(done)} of ${bytesText(total)})`
    : `: ${done} of ${total}`;
}
