/** The web room: every request passes the same doors, then meets its route. */
import express, { type Express, Router } from 'express';
import { assets } from './assets.ts';
import { createCourseService } from './course-service.ts';
import type { AppDeps } from './deps.ts';
import { errorHandler, nothingHere } from './error-handler.ts';
import { createGroupService } from './group-service.ts';
import { isHttps } from './https.ts';
import { createLookup } from './lookup.ts';
import { useViews } from './render.ts';
import { createRevisionService } from './revision-service.ts';
import { buildApi } from './routes/build-api.ts';
import { buildPages } from './routes/build-pages.ts';
import { courseApi } from './routes/course-api.ts';
import { coursePages } from './routes/course-pages.ts';
import { environmentApi } from './routes/environment-api.ts';
import { environmentListPage } from './routes/environment-list-page.ts';
import { environmentPages } from './routes/environment-pages.ts';
import { getEnvironmentPages } from './routes/get-environment-pages.ts';
import { groupApi } from './routes/group-api.ts';
import { groupPages } from './routes/group-pages.ts';
import { health } from './routes/health.ts';
import { jobApi } from './routes/job-api.ts';
import { jobPages } from './routes/job-pages.ts';
import { ltiLaunch } from './routes/lti-launch.ts';
import { metrics } from './routes/metrics.ts';
import { publicFiles } from './routes/public-files.ts';
import { registryPages } from './routes/registry-pages.ts';
import { revisionApi } from './routes/revision-api.ts';
import { revisionPages } from './routes/revision-pages.ts';
import { runApi } from './routes/run-api.ts';
import { runPages } from './routes/run-pages.ts';
import { sessionApi } from './routes/session-api.ts';
import { settingsApi } from './routes/settings-api.ts';
import { settingsPages } from './routes/settings-pages.ts';
import { sharingApi } from './routes/sharing-api.ts';
import { signInPages } from './routes/sign-in.ts';
import { submissionApi } from './routes/submission-api.ts';
import { taskPages } from './routes/task-pages.ts';
import { updatePages } from './routes/update-pages.ts';
import { refuseForeignSites } from './same-origin.ts';
import { noStore, securityHeaders } from './security-headers.ts';
import { identify } from './session.ts';
import { createSettingsService } from './settings-service.ts';
import { createSharingJobs } from './sharing-jobs.ts';
import { createShowRun } from './show-run.ts';
import { createSignInOut } from './sign-in-out.ts';
import { createTaskService } from './task-service.ts';

export function createApp(deps: AppDeps): Express {
  const app = express();
  configure(app, deps);
  app.use(securityHeaders(isHttps(deps.config)));
  app.use('/assets', ...assets(deps.webFolder));
  app.use(noStore);
  app.use(health(deps));
  // Learning platforms are other sites; their signature says that they mean it.
  app.use(ltiLaunch(deps));
  app.use(refuseForeignSites(deps.config.publicUrl));
  app.use(identify(deps.sessions));
  addRoutes(app, deps);
  app.use(nothingHere);
  app.use(errorHandler(deps.log));
  return app;
}

function configure(app: Express, { webFolder, config }: AppDeps): void {
  // Whatever NODE_ENV says: no stack traces in answers, views compiled once.
  app.set('env', 'production');
  // Every page carries another nonce, so no two answers are the same.
  app.disable('etag');
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  // With a public URL there is a proxy before us: its own word is the last entry, whatever came before it.
  // Without one a client would say whatever gives it new attempts to sign in.
  app.set('trust proxy', config.publicUrl === null ? false : 1);
  useViews(app, webFolder);
}

function addRoutes(app: Express, deps: AppDeps): void {
  const lookup = createLookup(deps);
  const groups = createGroupService(deps, lookup);
  const courses = createCourseService(deps, lookup, groups);
  const settings = createSettingsService(deps, lookup);
  const revisions = createRevisionService(deps);
  const signInOut = createSignInOut(deps);
  const showRun = createShowRun(deps, lookup);
  const sharingJobs = createSharingJobs(deps);
  app.use(
    signInPages(signInOut, deps.courses),
    coursePages(courses),
    taskPages(lookup, createTaskService(deps), deps.grading, showRun),
    publicFiles(lookup),
    runPages(deps, lookup, showRun),
    groupPages(groups),
    settingsPages(settings, courses),
    getEnvironmentPages(deps, sharingJobs),
    registryPages(deps),
    updatePages(deps, sharingJobs),
    buildPages(deps),
    environmentListPage(deps),
    environmentPages(deps, courses, revisions),
    revisionPages(deps, revisions),
    jobPages(deps),
    metrics(deps),
  );
  app.use(
    '/api',
    Router().use(
      sessionApi(signInOut),
      courseApi(deps, lookup, courses),
      submissionApi(deps, lookup),
      runApi(deps, lookup),
      groupApi(groups),
      settingsApi(settings),
      buildApi(deps),
      environmentApi(deps),
      revisionApi(deps, revisions),
      jobApi(deps),
      sharingApi(deps, sharingJobs),
    ),
  );
}
