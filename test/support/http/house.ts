/** The web room over a real store and real accounts, with a hand-made grading that only stores. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { createBuilds } from '../../../server/environments/builds/builds.ts';
import { buildConfigSchema } from '../../../server/environments/builds/source/build-config.ts';
import { openBuildSources } from '../../../server/environments/builds/source/build-sources.ts';
import type {
  Environment,
  EnvironmentCatalogue,
} from '../../../server/environments/discovery/environment.ts';
import { createJobs } from '../../../server/jobs/jobs.ts';
import type { Arrival } from '../../../server/lti/owed-grades.ts';
import { createSessions, type Sessions } from '../../../server/people/sessions.ts';
import { createSecondFactors } from '../../../server/people/sign-in/second-factor.ts';
import { createSignIn } from '../../../server/people/sign-in/sign-in.ts';
import { createUsers } from '../../../server/people/users.ts';
import type { BuildOrder } from '../../../server/ports/engine/builder.ts';
import type { Store } from '../../../server/ports/store.ts';
import { createSecrets } from '../../../server/rules/files/secrets.ts';
import { defaultLimits } from '../../../server/rules/limits.ts';
import { createMeters } from '../../../server/site/api/meters.ts';
import { createApp } from '../../../server/site/app.ts';
import type { HttpConfig } from '../../../server/site/deps.ts';
import { fakeBuilder, fakeImages } from '../engine-ports.ts';
import { openRevisionHouse } from '../environments/revision-house.ts';
import { environmentNamed } from '../stand-ins.ts';
import { sampleUser } from '../store/samples.ts';
import { openTestStore } from '../store/test-store.ts';
import { catalogueOf, demoCourse } from './course.ts';
import { createStoringGrading } from './grading.ts';
import { scriptedUpdates, sharingOver } from './sharing.ts';

export const PASSWORD = 'correct horse';
const NOW = Date.parse('2026-11-20T10:00:00.000Z');

export const environment: Environment = environmentNamed('default', {
  title: 'Default',
  description: '<b>plain</b>',
  image: 'gradeport/default:latest',
  digest: `sha256:${'ab'.repeat(32)}`,
  size: 3 * 2 ** 20,
  runtime: 'runc',
  reason: 'runc is the fastest that isolates.',
  languages: ['python'],
  aliases: ['python3'],
});

export function environmentsOf(list: Environment[]) {
  const listeners = new Set<() => void>();
  const catalogue: EnvironmentCatalogue = {
    list: () => list,
    find: (name) => list.find((one) => one.name === name || one.aliases.includes(name)) ?? null,
    runtimes: () => ['runc'],
    engine: () => ({ ok: true, sentence: 'The engine answers.' }),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: async () => {},
  };
  return { catalogue, list, changed: () => listeners.forEach((listener) => void listener()) };
}

/** An engine that builds nothing: it remembers what it was asked for, and every image announces its Dockerfile's name. */
function createBuilder(list: Environment[]) {
  const built: BuildOrder[] = [];
  let said: Record<string, string> | null = null;
  return {
    built,
    /** What the next images say about themselves; null: what their Dockerfile says. */
    says: (labels: Record<string, string> | null) => {
      said = labels;
    },
    engine: {
      images: fakeImages({
        list: async () => [
          {
            id: 'sha256:0',
            tags: ['gradeport/base:latest', 'local/base:latest'],
            repoDigests: [],
            labels: {},
            size: 1,
            created: 0,
          },
        ],
      }),
      builder: fakeBuilder(async (order) => {
        const name = order.tag.replace('local/', '');
        const labels = said ?? { 'org.gradeport.grading.name': name };
        const image = { id: `sha256:${built.length}`, labels, size: 5 * 2 ** 20, layers: 2 };
        await order.accept?.(image);
        built.push(order);
        const at = list.findIndex((one) => one.name === name);
        const made = { ...(list[at] ?? { ...environment, aliases: [] }), name, digest: image.id };
        list.splice(at === -1 ? list.length : at, 1, made);
        return image;
      }),
    },
  };
}

const slots = {
  stats: () => ({
    hits: 3,
    misses: 1,
    idle: 2,
    opening: 0,
    lastRefillMs: 80,
    refills: 4,
    refillMs: 500,
    // Two keys of one place, with a name that could end a label.
    keys: [1, 2].map((idle) => ({ environment: 'a"b', runtime: 'runc', idle, target: 3 })),
  }),
};

const CONFIG: HttpConfig = {
  publicUrl: null,
  metricsToken: null,
  maxUploadBytes: 1000,
  maxTextBytes: 500,
  whoOwes: 'optional',
  web: { bytesInFlight: 2 ** 24, bytesInFlightPerUser: 2 ** 22 },
  ceilings: defaultLimits,
};

/** Makes accounts without a password to check: hashing would take most of a test's time. */
const personIn =
  (store: Store, sessions: Pick<Sessions, 'open'>) =>
  async (name: string, role: 'student' | 'teacher' | null, operator = false) => {
    const user = sampleUser(`id-${name}`, {
      name,
      displayName: name.toUpperCase(),
      operator,
      roles: role ? { c1: role } : {},
    });
    await store.users.insert(user);
    const token = await sessions.open(user.id);
    return { user, token, cookie: `gradeport_session=${token}` };
  };

/** What the pages and the API ask, over this store. */
async function partsOver(folder: string, store: Store, config: Partial<HttpConfig>) {
  const time = { now: NOW };
  const clock = () => time.now;
  const users = createUsers(store, clock);
  const secondFactors = createSecondFactors(store, createSecrets(join(folder, 'keys'), null), clock);
  const environments = environmentsOf([environment]);
  const heard = { errors: [] as unknown[], signedOut: [] as string[], arrivals: [] as Arrival[] };
  const jobs = createJobs({ clock, failed: (error) => void heard.errors.push(error) });
  const history = await openRevisionHouse(store);
  const builder = createBuilder(environments.list);
  const builds = createBuilds({
    jobs,
    clock,
    revisions: null,
    runtimes: {},
    engine: builder.engine,
    environments: environments.catalogue,
    sources: openBuildSources(join(folder, 'environments')),
    config: buildConfigSchema.parse({ contextBytes: 2 ** 20 }),
  });
  const deps = {
    store,
    revisions: history.revisions,
    jobs,
    ...sharingOver(folder),
    updates: scriptedUpdates,
    builds,
    courses: catalogueOf([demoCourse()]),
    environments: environments.catalogue,
    slots,
    meters: createMeters({ clock, ofProcess: false }),
    grading: createStoringGrading(store, clock),
    sessions: createSessions(store, clock),
    secondFactors,
    signIn: createSignIn({ ...users, secondFactors, clock }),
    onSessionsEnded: () => {},
    setRole: users.setRole,
    leaveCourse: users.leaveCourse,
    config: { ...CONFIG, ...config },
    webFolder: join(import.meta.dirname, '../../../web'),
    log: { error: (entry: unknown) => void heard.errors.push(entry), warn: () => {} },
    clock,
    onSignOut: (token: string) => void heard.signedOut.push(token),
    onArrival: (arrival: Arrival) => void heard.arrivals.push(arrival),
  };
  return { deps, time, users, environments, ...heard, history, builder };
}

export type House = Awaited<ReturnType<typeof openHouse>>;

export async function openHouse(
  config: Partial<HttpConfig> = {},
  open: (folder: string) => Promise<Store> = openTestStore,
) {
  const folder = await mkdtemp(join(tmpdir(), 'gradeport-http-'));
  const store = await open(folder);
  const { builder, ...parts } = await partsOver(folder, store, config);
  const { deps, history } = parts;
  const { grading, sessions, courses, jobs } = deps;
  return {
    app: createApp(deps),
    ...parts,
    store,
    sessions,
    grading,
    courses,
    jobs,
    built: builder.built,
    says: builder.says,
    person: personIn(store, sessions),
    folder,
    async close() {
      await jobs.close();
      await history.close();
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** One house for all tests of a file; closed after the last. */
export async function sharedHouse(config: Partial<HttpConfig> = {}): Promise<House> {
  const house = await openHouse(config);
  afterAll(() => house.close());
  return house;
}
