/** What the composition root gives to the web room. */
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
import type { Sessions } from '../people/sessions.ts';
import type { SignIn } from '../people/sign-in.ts';
import type { Users } from '../people/users.ts';
import type { SlotWatch } from '../ports/slots.ts';
import type { Store } from '../ports/store.ts';
import type { Limits } from '../rules/limits.ts';
import type { Grading } from '../submissions/port.ts';
import type { Meters } from './api/meters.ts';

export type HttpConfig = {
  /** What browsers type when a proxy stands before us; null: they reach us directly. */
  publicUrl: string | null;
  /** Of one file. */
  maxUploadBytes: number;
  /** Of one answer that is text. */
  maxTextBytes: number;
  /** Whoever sends it as a bearer token may read how the server does; null: nobody can. */
  metricsToken: string | null;
  /** What no task exceeds. */
  ceilings: Limits;
};

export type AppDeps = {
  store: Store;
  courses: CourseCatalogue;
  environments: EnvironmentCatalogue;
  /** The history of environments' images, and who of them grades. */
  revisions: Revisions;
  /** Long work on environments. */
  jobs: Jobs;
  /** Images from and to registries, and what is kept to sign in there. */
  sharing: SharingDeps;
  credentials: Credentials;
  updates: Updates;
  builds: Builds;
  grading: Grading;
  /** How the warm slots do. */
  slots: SlotWatch;
  /** What runs and pages took. */
  meters: Meters;
  sessions: Sessions;
  signIn: SignIn;
  setRole: Users['setRole'];
  leaveCourse: Users['leaveCourse'];
  config: HttpConfig;
  /** Absolute path of web/, which holds views, public and dist. */
  webFolder: string;
  /** false: views are read again for each page, for development. Default true. */
  cacheViews?: boolean;
  /** What pages are written in; default: all languages that there are. */
  languages?: readonly PageLanguage[];
  log: Pick<Logger, 'error' | 'warn'>;
  clock: () => number;
  /** Told after a sign-out: the live room hangs up. */
  onSignOut: (token: string) => void;
  /** Told of students who come from a learning platform that takes their grade. */
  onArrival: (arrival: Arrival) => void;
};
