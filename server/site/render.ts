/** Pages: Handlebars views, each with the type of its model. */
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Express, Response } from 'express';
import { engine } from 'express-handlebars';
import type { AccountPage } from '../../web/account-views.ts';
import type { LaunchWindowPage, StatementFramePage } from '../../web/framed-views.ts';
import { helpersIn } from '../../web/helpers.ts';
import type { BuildPage, JobPage, JobsPage } from '../../web/job-models.ts';
import type { PageLanguage } from '../../web/languages.ts';
import type { GroupsPage } from '../../web/membership-views.ts';
import type { GetEnvironmentPage, RegistriesPage, UpdatesPage } from '../../web/sharing-views.ts';
import type {
  CoursePage,
  CoursesPage,
  EnvironmentPage,
  EnvironmentsPage,
  ErrorPage,
  MomentPage,
  PartialsPage,
  RunPage,
  SignInPage,
  TaskPage,
} from '../../web/view-models.ts';
import { languageFor } from './page-language.ts';

type Views = {
  account: AccountPage;
  'sign-in': SignInPage;
  courses: CoursesPage;
  course: CoursePage;
  task: TaskPage;
  groups: GroupsPage;
  run: RunPage;
  environments: EnvironmentsPage;
  environment: EnvironmentPage;
  'get-environment': GetEnvironmentPage;
  registries: RegistriesPage;
  updates: UpdatesPage;
  'environment-edit': BuildPage;
  jobs: JobsPage;
  job: JobPage;
  'launch-window': LaunchWindowPage;
  'statement-frame': StatementFramePage;
  error: ErrorPage;
  moment: MomentPage;
  'all-partials': PartialsPage;
};

const helpersOf = new WeakMap<PageLanguage, ReturnType<typeof helpersIn>>();

function helpersFor(language: PageLanguage) {
  const known = helpersOf.get(language) ?? helpersIn(language);
  helpersOf.set(language, known);
  return known;
}

/**
 * @param cached whether views are compiled once; otherwise they are read for each page
 * @param rendered called with how long each page took
 */
export function useViews(
  app: Express,
  webFolder: string,
  cached: boolean,
  rendered: (view: string, ms: number) => void,
): void {
  const views = join(webFolder, 'views');
  // A partial is named by its file, whatever folder of partials it is in.
  const partials = join(views, 'partials');
  const partialsDir = readdirSync(partials).map((folder) => join(partials, folder));
  const renderView = engine({ extname: '.hbs', defaultLayout: 'main', partialsDir });
  app.engine('hbs', (path, options, done) => {
    const begun = performance.now();
    renderView(path, options, (error, html) => {
      rendered(basename(path, '.hbs'), performance.now() - begun);
      done(error, html);
    });
  });
  app.set('view engine', 'hbs');
  app.set('views', views);
  app.set('view cache', cached);
}

/** Renders in the language that chooseLanguage found for this request. */
export function render<V extends keyof Views>(res: Response, view: V, model: Views[V], status = 200): void {
  const language = languageFor(res);
  res.status(status).render(view, { ...model, lang: language.code, helpers: helpersFor(language) });
}
