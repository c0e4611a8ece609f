/** What users do with jobs, their own or others'. A user who may not follow a job does not learn that it exists. */
import { z } from 'zod';
import { verb } from '../model/verb.ts';
import { type Actor, can } from '../rules/access.ts';
import { refuse } from '../rules/problems.ts';
import type { Job, Jobs } from './port.ts';

export type JobDeps = { jobs: Pick<Jobs, 'list' | 'get' | 'log' | 'printed' | 'stop'> };

export const jobSchema = z.object({
  id: z.string(),
  kind: z.enum(['build', 'pull', 'push', 'test', 'update', 'import', 'export']),
  title: z.string(),
  by: z.string(),
  state: z.enum(['waiting', 'running', 'done', 'failed', 'stopped']),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  progress: z
    .object({
      step: z.string(),
      done: z.number(),
      total: z.number().nullable(),
      unit: z.literal('bytes').exactOptional(),
    })
    .nullable(),
  result: z.object({ sentence: z.string(), environment: z.string().nullable() }).nullable(),
  error: z.string().nullable(),
}) satisfies z.ZodType<Job>;

const ofJob = z.strictObject({ job: z.string() });

function followed({ jobs }: JobDeps, who: Actor, id: string): Job {
  const job = jobs.get(id);
  return job && can(who, 'follow-job', job) ? job : refuse('no-job', {});
}

/** Newest first: all jobs for operators, their own jobs for teachers. */
export const listJobs = verb({
  input: z.strictObject({}),
  output: z.array(jobSchema),
  refuses: [],
  may(who: Actor) {
    if (!can(who, 'build-environments', null)) refuse('jobs-are-for-teachers', {});
  },
  run: ({ jobs }: JobDeps, who: Actor) => jobs.list().filter((job) => can(who, 'follow-job', job)),
});

export const showJob = verb({
  /** from: the first line of the log to return; a reader who follows sends "next" of the previous answer. */
  input: ofJob.extend({ from: z.int().min(0).default(0) }),
  output: z.object({
    job: jobSchema,
    log: z.object({ from: z.int(), lines: z.array(z.string()), next: z.int() }),
  }),
  refuses: [],
  run(deps: JobDeps, who: Actor, { job: id, from }) {
    const job = followed(deps, who, id);
    const { jobs } = deps;
    return { job, log: { from, lines: jobs.log(id, from), next: jobs.printed(id) } };
  },
});

/** Stops a job; does nothing when it has ended. */
export const stopJob = verb({
  input: ofJob,
  output: jobSchema,
  refuses: [],
  run(deps: JobDeps, who: Actor, { job: id }) {
    followed(deps, who, id);
    deps.jobs.stop(id);
    return followed(deps, who, id);
  },
});
