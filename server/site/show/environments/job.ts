import type { JobView } from '../../../../web/job-models.ts';
import type { Job, JobState } from '../../../jobs/port.ts';
import { environmentHref, jobHref } from '../hrefs.ts';

const TONES: Record<JobState, string> = {
  waiting: 'warn',
  running: 'live',
  done: 'good',
  failed: 'bad',
  stopped: 'warn',
};

/** @param log what the job printed: the result does not repeat what the log shows */
export function jobView(job: Job, log: () => readonly string[] = () => []): JobView {
  const { id, title, by, state, startedAt, endedAt, progress, result, error } = job;
  const [sentence = null, ...details] = (error ?? result?.sentence)?.split('\n') ?? [];
  const environment = result?.environment ?? null;
  return {
    id,
    title,
    by,
    state,
    startedAt,
    endedAt,
    sentence,
    href: jobHref(id),
    tone: TONES[state],
    isOver: endedAt !== null,
    progress: progress && { ...progress, total: progress.total ?? 0, known: progress.total !== null },
    details: unsaid(details, log),
    environment: environment === null ? null : { name: environment, href: environmentHref(environment) },
  };
}

function unsaid(details: readonly string[], log: () => readonly string[]): string {
  if (details.length === 0) return '';
  const said = new Set(log().map((line) => line.trim()));
  return details.filter((line) => !said.has(line.trim())).join('\n');
}
