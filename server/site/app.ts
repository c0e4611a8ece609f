/** The Express app: every request passes the same checks, then reaches its route. */
import express, { type Express, Router } from 'express';
import { createGuesses } from '../people/course-verbs.ts';
import { createGroups } from '../people/groups.ts';
import { allPartialsPage } from './all-partials.ts';
import { buildApi } from './api/build.ts';
import { courseApi } from './api/course.ts';
import { environmentApi } from './api/environment.ts';
import { groupApi } from './api/group.ts';
import { health } from './api/health.ts';
import { jobApi } from './api/job.ts';
import { metrics } from './api/metrics.ts';
import { revisionApi } from './api/revision.ts';
import { runApi } from './api/run.ts';
import { sessionApi } from './api/session.ts';
import { settingsApi } from './api/settings.ts';
import { sharingApi } from './api/sharing.ts';
import { submissionApi } from './api/submission.ts';
import { assets } from './assets.ts';
import type { AppDeps } from './deps.ts';
import { boundBodies } from './door/bodies.ts';
import { isHttps } from './door/https.ts';
import { refuseForeignSites } from './door/same-origin.ts';
import { askSecondFactor } from './door/second-factor.ts';
import { noStore, securityHeaders } from './door/security-headers.ts';
import { identify } from './door/session.ts';
import { createSignInOut } from './door/sign-in-out.ts';
import { takeTurns } from './door/turns.ts';
import { errorHandler, nothingHere } from './error-handler.ts';
import { chooseLanguage } from './page-language.ts';
import { accountPages } from './pages/account.ts';
import { coursePages } from './pages/course.ts';
import { buildPages } from './pages/environments/build.ts';
import { environmentPages } from './pages/environments/environment.ts';
import { environmentListPage } from './pages/environments/environment-list.ts';
import { getEnvironmentPages } from './pages/environments/get-environment.ts';
import { jobPages } from './pages/environments/job.ts';
import { registryPages } from './pages/environments/registry.ts';
import { revisionPages } from './pages/environments/revision.ts';
import { updatePages } from './pages/environments/update.ts';
import { groupPages } from './pages/group.ts';
import { inginiousAddresses } from './pages/inginious-addresses.ts';
import { ltiLaunch } from './pages/lti-launch.ts';
import { publicFiles } from './pages/public-files.ts';
import { runPages } from './pages/run.ts';
import { settingsPages } from './pages/settings.ts';
import { createShowRun } from './pages/show-run.ts';
import { signInPages } from './pages/sign-in.ts';
import { statementFrames } from './pages/statement-frame.ts';
import { taskPages } from './pages/task.ts';
import { useViews } from './render.ts';
import { createCourseService } from './requests/course-service.ts';
import { createLookup } from './requests/find-visible.ts';
import { createTaskService } from './requests/task-service.ts';

export function createApp(deps: AppDeps): Express {
  const app = express();
  configure(app, deps);
  app.use(securityHeaders(isHttps(deps.config)));
  app.use('/assets', ...assets(deps.webFolder));
  app.use(noStore);
  app.use(chooseLanguage(deps.languages));
  app.use(health(deps));
  app.use(identify(deps.sessions));
  app.use(boundBodies(deps.config.web));
  app.use(takeTurns());
  // Learning platforms are other sites; their signature proves that they sent the request.
  app.use(ltiLaunch(deps));
  app.use(refuseForeignSites(deps.config.publicUrl));
  app.use(askSecondFactor(deps.config.whoOwes));
  // Views are read for each page only in development.
  if (deps.cacheViews === false) app.use(allPartialsPage(deps.webFolder));
  addRoutes(app, deps);
  app.use(nothingHere);
  app.use(errorHandler(deps.log));
  return app;
}

type Settings = Pick<AppDeps, 'webFolder' | 'config' | 'meters' | 'cacheViews'>;

function configure(app: Express, { webFolder, config, meters, cacheViews = true }: Settings): void {
  // Whatever NODE_ENV is: no stack traces in answers.
  app.set('env', 'production');
  // Every page has another nonce, so no two answers are the same and an ETag is useless.
  app.disable('etag');
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  // With a public URL there is a proxy before us. Only the last entry is the proxy's own word.
  // Without a proxy, a client could claim any address and so get new attempts to sign in.
  app.set('trust proxy', config.publicUrl === null ? false : 1);
  useViews(app, webFolder, cacheViews, meters.rendered);
}

function addRoutes(app: Express, deps: AppDeps): void {
  const lookup = createLookup(deps);
  const groups = createGroups(deps.store, deps.clock);
  const courses = createCourseService(deps, lookup);
  const signInOut = createSignInOut(deps);
  const showRun = createShowRun(deps);
  app.use(
    signInPages(signInOut, deps.courses),
    accountPages(deps),
    coursePages(courses, { ...deps, groups, guesses: createGuesses() }),
    taskPages(lookup, createTaskService(deps), deps, showRun),
    statementFrames(lookup, deps),
    publicFiles(lookup),
    inginiousAddresses(),
    runPages(deps, showRun),
    groupPages({ ...deps, groups }),
    settingsPages(deps, courses),
    getEnvironmentPages(deps),
    registryPages(deps),
    updatePages(deps),
    buildPages(deps),
    environmentListPage(deps),
    environmentPages(deps, courses),
    revisionPages(deps),
    jobPages(deps),
    metrics(deps),
  );
  app.use(
    '/api',
    Router().use(
      sessionApi(signInOut),
      courseApi(deps, lookup, courses),
      submissionApi(deps),
      runApi(deps),
      groupApi({ ...deps, groups }),
      settingsApi(deps),
      buildApi(deps),
      environmentApi(deps),
      revisionApi(deps),
      jobApi(deps),
      sharingApi(deps),
    ),
  );
}
