/** The page of a run, for its own address and for the answer to a submission. */
import type { Response } from 'express';
import { localiseCourse } from '../courses/localise.ts';
import type { User } from '../store/collections.ts';
import type { AppDeps } from './deps.ts';
import { isStaff, type Lookup } from './lookup.ts';
import { render } from './render.ts';
import { runPage } from './views/run.ts';

export type ShowRun = (res: Response, user: User, runId: string, lang: string) => Promise<void>;

export function createShowRun({ store, courses }: AppDeps, lookup: Lookup): ShowRun {
  return async (res, user, runId, lang) => {
    const run = await lookup.runOf(user, runId);
    const found = await courses.get(run.course);
    const course = found && localiseCourse(found, lang);
    const page = runPage(run, {
      user,
      staff: isStaff(user, run.course),
      student: await store.users.get(run.userId),
      submission: await store.submissions.get(run.submission),
      owed: await store.gradeReturns.get(run.submission),
      course,
      task: course?.tasks.find((task) => task.id === run.task) ?? null,
    });
    render(res, 'run', page);
  };
}
