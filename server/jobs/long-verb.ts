/**
 * A verb that takes long. It returns work that is checked but not started: pages and the API run it as a job with a
 * log that others can follow; a command runs it at once.
 */
import { z } from 'zod';
import { type Answer, granted, verb } from '../model/verb.ts';
import type { Actor } from '../rules/access.ts';
import type { ProblemKind } from '../rules/problems.ts';
import { refuseMoreJobs } from './job-quota.ts';
import type { Job, JobNews, JobResult, Jobs } from './port.ts';

export type LongWork<T> = {
  about: Pick<Job, 'kind' | 'title'>;
  /** Fails with a GradeportError whose sentence is shown; rejects soon after `stopped` is aborted. */
  run: (news: JobNews, stopped: AbortSignal) => Promise<T>;
  /** The result that the job shows. */
  result: (value: T) => JobResult | Promise<JobResult>;
};

type Spec<In, T, K extends ProblemKind, Deps, Who> = {
  input: z.ZodType<In>;
  /** The result of the finished work. */
  output: z.ZodType<T, T>;
  refuses: readonly K[];
  may: (who: Who) => void;
  begin: (deps: Deps, who: Who, input: In) => LongWork<T> | Promise<LongWork<T>>;
};

export function longVerb<In, T, const K extends ProblemKind, Deps, Who>({
  output,
  begin,
  ...spec
}: Spec<In, T, K, Deps, Who>) {
  return verb({
    ...spec,
    output: z.custom<LongWork<T>>(),
    async run(deps: Deps, who: Who, input: In) {
      const work = await begin(deps, who, input);
      return {
        ...work,
        run: async (news: JobNews, stopped: AbortSignal) => output.parse(await work.run(news, stopped)),
      };
    },
  });
}

/** Starts the work as a job: now, or after the jobs before it. */
export async function asJob<T>(
  jobs: Pick<Jobs, 'start' | 'list'>,
  who: Actor,
  asked: Promise<Answer<LongWork<T>>>,
): Promise<Job> {
  const { about, run, result } = await granted(asked);
  refuseMoreJobs(jobs, who);
  return jobs.start({ ...about, by: who.name }, async (news, stopped) => result(await run(news, stopped)));
}
