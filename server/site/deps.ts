/** What the composition root passes to the site. */
import type { Logger } from 'pino';
import type { PageLanguage } from '../../web/languages.ts';
import type { CourseCatalogue } from '../courses/catalogue-types.ts';
import type { Builds } from '../environments/builds/builds.ts';
import type { EnvironmentCatalogue } from '../environments/discovery/environment.ts';
import type { Credentials } from '../environments/registries/credentials.ts';
import type { SharingDeps } from '../environments/registries/sharing-deps.ts';
import type { Revisions } from '../environments/revisions/port.ts';
import type { Updates } from '../environments/updates/update-plan.ts';
import type { Jobs } from '../jobs/port.ts';
import type { Arrival } from '../lti/owed-grades.ts';
import type { AwaitedEnvironment } from '../model/awaited.ts';
import type { UnbuiltEnvironment } from '../model/unbuilt.ts';
import type { Sessions } from '../people/sessions.ts';
import type { SecondFactors } from '../people/sign-in/second-factor.ts';
import type { SignIn } from '../people/sign-in/sign-in.ts';
import type { Users } from '../people/users.ts';
import type { SlotWatch } from '../ports/slots.ts';
import type { Store } from '../ports/store.ts';
import type { Limits } from '../rules/limits.ts';
import type { WayName } from '../rules/ways.ts';
import type { Amounts } from '../submissions/admission/amounts.ts';
import type { Grading } from '../submissions/port.ts';
import type { Meters } from './api/meters.ts';
import type { BodyBounds } from './door/bodies.ts';
import type { WhoOwes } from './door/second-factor.ts';

export type HttpConfig = {
  /** The address that browsers use when a proxy stands before us; null: they reach us directly. */
  publicUrl: string | null;
  /** Limit of one uploaded file. */
  maxUploadBytes: number;
  /** Limit of one answer that is text. */
  maxTextBytes: number;
  web: BodyBounds;
  /** Whose account must have a second factor. */
  whoOwes: WhoOwes;
  /** A client with this bearer token may read the metrics; null: no token is accepted. */
  metricsToken: string | null;
  /** Upper bounds of every task's limits. */
  ceilings: Limits;
};

export type AppDeps = {
  store: Store;
  courses: CourseCatalogue;
  environments: EnvironmentCatalogue;
  /** How containers are started; null: the engine has not answered yet. */
  way?: () => Promise<WayName | null>;
  /** The history of the environments' images, and which of them grade. */
  revisions: Revisions;
  /** Long work on environments. */
  jobs: Jobs;
  /** Images from and to registries, and the credentials that are kept for them. */
  sharing: SharingDeps;
  credentials: Credentials;
  updates: Updates;
  builds: Builds;
  grading: Grading;
  /** What users have stored; absent: it has no bound. */
  amounts?: Pick<Amounts, 'nearlyFull' | 'bytesInAll'>;
  /** Why all runs wait, as a sentence; null: they do not. */
  paused?: () => string | null;
  /** The environments that runs wait for, because they cannot grade now. */
  awaited?: () => readonly AwaitedEnvironment[];
  /** Environments that the last start could not build. */
  unbuilt?: () => Promise<readonly UnbuiltEnvironment[]>;
  /** The state of the warm slots. */
  slots: SlotWatch;
  /** How long runs and pages took. */
  meters: Meters;
  sessions: Sessions;
  signIn: SignIn;
  secondFactors: SecondFactors;
  setRole: Users['setRole'];
  leaveCourse: Users['leaveCourse'];
  config: HttpConfig;
  /** Absolute path of web/, which holds views, public and dist. */
  webFolder: string;
  /** false: views are read for each page, for development. Default true. */
  cacheViews?: boolean;
  /** The languages of the pages; default: all that exist. */
  languages?: readonly PageLanguage[];
  log: Pick<Logger, 'error' | 'warn'>;
  clock: () => number;
  /** Called after a sign-out, so that the live connections of that session are closed. */
  onSignOut: (token: string) => void;
  /** Called after sessions ended elsewhere, so that their live connections are closed. */
  onSessionsEnded: () => void;
  /** Called for each student who arrives from a learning platform that takes their grade. */
  onArrival: (arrival: Arrival) => void;
};
