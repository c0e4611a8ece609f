/** The page of a run, for its own address and for the answer to a submission. */
import type { Response } from 'express';
import { isStaff } from '../../courses/students/visible.ts';
import { localiseCourse } from '../../courses/translations/localise.ts';
import type { User } from '../../model/collections.ts';
import { granted } from '../../model/verb.ts';
import { showRun } from '../../submissions/submission-verbs.ts';
import type { AppDeps } from '../deps.ts';
import { languageFor } from '../page-language.ts';
import { render } from '../render.ts';
import { gradeReturnTexts } from '../requests/grades-of-a-run.ts';
import { runPage } from '../show/run.ts';

export type ShowRun = (res: Response, user: User, runId: string, lang: string) => Promise<void>;

export function createShowRun({ store, courses }: Pick<AppDeps, 'store' | 'courses'>): ShowRun {
  return async (res, user, runId, lang) => {
    const { run, whose } = await granted(showRun({ store }, user, { run: runId }));
    const found = await courses.get(run.course);
    const course = found && localiseCourse(found, lang);
    const staff = isStaff(user, run.course);
    const { t } = languageFor(res);
    const page = await runPage(
      run,
      {
        user,
        staff,
        whose,
        submission: await store.submissions.get(run.submission),
        gradeReturns: await gradeReturnTexts(store, run, user, staff, t),
        course,
        task: course?.tasks.find((task) => task.id === run.task) ?? null,
      },
      t,
    );
    render(res, 'run', page);
  };
}
