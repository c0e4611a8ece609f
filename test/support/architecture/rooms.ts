/**
 * The rooms of the house, and what each may import beside itself. A room is a folder of server/, and each folder in it is
 * one, too; deeper ones belong to it. "courses" are the files directly in it, "courses/*" all of it.
 */
const GROUND = ['rules', 'text', 'grading-api', 'model', 'ports'];

const DOMAIN = ['jobs', 'courses/*', 'people', 'environments/*', 'submissions'];

/** Rooms that put others together: they may import whatever they need. */
export const TOP = ['main', 'cli', 'bench', 'test'];

export const ALLOWED: Record<string, readonly string[]> = {
  rules: [],
  text: [],
  'grading-api': [],
  model: ['rules', 'grading-api'],
  ports: ['rules', 'grading-api', 'model'],

  adapters: ['adapters/*', ...GROUND],
  'adapters/documents': GROUND,
  'adapters/migrations': [...GROUND, 'adapters/documents'],
  'adapters/sqlite': [...GROUND, 'adapters/documents', 'adapters/migrations'],
  'adapters/mongo': [...GROUND, 'adapters/documents', 'adapters/migrations'],
  'adapters/transfer': [
    ...GROUND,
    'adapters',
    'adapters/documents',
    'adapters/migrations',
    'adapters/sqlite',
    'adapters/mongo',
  ],
  'adapters/backup': [...GROUND, 'adapters/documents', 'adapters/migrations', 'adapters/transfer'],
  'adapters/check': [
    ...GROUND,
    'adapters',
    'adapters/documents',
    'adapters/migrations',
    'adapters/sqlite',
    'adapters/mongo',
    'adapters/transfer',
  ],
  'adapters/queue-local': GROUND,
  'adapters/cgroups': GROUND,
  'adapters/docker': [...GROUND, 'adapters/cgroups'],
  'adapters/oci': [...GROUND, 'adapters/cgroups', 'adapters/docker'],

  jobs: GROUND,
  config: ['rules', 'text', 'environments/discovery', 'environments/builds', 'environments/registries'],

  'environments/discovery': GROUND,
  'environments/revisions': [...GROUND, 'jobs', 'environments/discovery'],
  'environments/registries': [...GROUND, 'jobs', 'environments/discovery', 'environments/revisions'],
  'environments/builds': [
    ...GROUND,
    ...['jobs', 'environments/discovery', 'environments/revisions', 'environments/registries'],
  ],
  'environments/archives': [...GROUND, 'jobs', 'environments/discovery', 'environments/registries'],
  'environments/updates': [
    ...GROUND,
    ...['jobs', 'environments/discovery', 'environments/registries', 'environments/builds'],
  ],
  environments: [...GROUND, 'jobs', 'environments/*'],

  'courses/yaml': [...GROUND, 'courses'],
  'courses/translations': [...GROUND, 'courses'],
  'courses/text': GROUND,
  'courses/inginious': [...GROUND, 'courses', 'courses/yaml'],
  'courses/quiz': [...GROUND, 'courses', 'courses/translations'],
  'courses/import': [...GROUND, 'courses', 'courses/inginious', 'environments/discovery'],
  courses: [...GROUND, 'courses/inginious', 'courses/translations', 'courses/yaml'],

  people: [...GROUND, 'courses'],
  lti: [...GROUND, 'courses', 'people'],

  'execution/agent': [...GROUND, 'environments/discovery'],
  'execution/slots': [...GROUND, 'environments/discovery', 'execution/agent'],
  'execution/run': [...GROUND, 'environments/discovery', 'execution/agent', 'execution/slots'],
  execution: [...GROUND, 'environments/discovery', 'execution/*'],
  submissions: [...GROUND, 'courses/*', 'people', 'environments/discovery'],
  worker: [...GROUND, 'courses', 'courses/quiz', 'people', 'submissions', 'execution/*'],
  samples: [...GROUND, 'courses/*', 'environments/*', 'execution/*', 'worker'],

  'site/door': [...GROUND, 'people', 'site'],
  'site/show': [...GROUND, ...DOMAIN, 'web'],
  'site/requests': [...GROUND, ...DOMAIN, 'site', 'site/door', 'site/show', 'web'],
  'site/pages': [...GROUND, ...DOMAIN, 'lti', 'site', 'site/door', 'site/requests', 'site/show'],
  'site/api': [...GROUND, ...DOMAIN, 'site', 'site/door', 'site/requests', 'site/show'],
  'site/live': [...GROUND, ...DOMAIN, 'site/door', 'site/show', 'web'],
  site: [...GROUND, ...DOMAIN, 'lti', 'site/*', 'web'],

  'first-start': [...GROUND, 'people'],
  attacks: [...GROUND, 'courses/*', 'environments/*', 'submissions', 'execution/*', 'worker'],
  web: [],
  'web/client': ['web'],
  setup: [],
  bin: ['cli'],
};

/** Arrows that are wrong and will go, each with the cut that takes it away (issue 13). */
export const UNTIL_CUT: readonly string[] = [
  // What is shown is a type of show/, and what two need is a service (cut 7).
  'server/site/show/environments/revisions.ts → server/site/requests/revision-service.ts',
  'server/site/show/groups.ts → server/site/requests/group-service.ts',
  'server/site/api/environment.ts → server/site/pages/environment.ts',
  'server/site/api/job.ts → server/site/pages/job.ts',
  // What pages and metrics say of warm slots comes through a port.
  'server/site/api/metrics.ts → server/execution/slots/slot-pool.ts',
  'server/site/deps.ts → server/execution/slots/slot-pool.ts',
  // Discovery is pure, revisions reconcile, the catalogue calls one after the other (cut 8).
  'server/environments/discovery/environments-of-images.ts → server/environments/revisions/revision-tags.ts',
  'server/environments/discovery/environments-of-images.ts → server/environments/revisions/which-revision-grades.ts',
  'server/environments/revisions/promotions.ts → server/environments/catalogue.ts',
  'server/environments/revisions/prune.ts → server/environments/catalogue.ts',
  'server/environments/revisions/revision-lookup.ts → server/environments/catalogue.ts',
  'server/environments/revisions/revision-tests.ts → server/environments/catalogue.ts',
  'server/environments/revisions/revisions.ts → server/environments/catalogue.ts',
  // Instants of course files are read for texts, too.
  'server/courses/text/rst-blocks.ts → server/courses/inginious/access.ts',
];

/** Circles of types and lazy imports that will go with the same cuts. No other may come. */
export const KNOWN_CIRCLES: readonly string[] = [
  'attacks/case.ts → attacks/grader.ts → attacks/case.ts',
  'attacks/judge.ts → attacks/run.ts → attacks/judge.ts',
  // A command is loaded lazily, and its options are a type of who loads it.
  'server/cli/config/config.ts → server/cli/config/show.ts → server/cli/config/config.ts',
  'server/cli/course/course.ts → server/cli/course/run.ts → server/cli/course/course.ts',
  'server/cli/env/revisions-run.ts → server/cli/env/revisions.ts → server/cli/env/revisions-run.ts',
  // Cut 8.
  'server/environments/discovery/environments-of-images.ts → server/environments/revisions/which-revision-grades.ts → server/environments/discovery/environments-of-images.ts',
  'server/model/collections.ts → server/model/lti.ts → server/model/collections.ts',
  'server/site/live/conversation.ts → server/site/live/environments-room.ts → server/site/live/conversation.ts',
  'test/support/mongo/given-server.ts → test/support/mongo/server.ts → test/support/mongo/given-server.ts',
  'test/support/mongo/own-server.ts → test/support/mongo/server.ts → test/support/mongo/own-server.ts',
  'web/client/live/run-feed.ts → web/client/live/run-poll.ts → web/client/live/run-feed.ts',
  // View models: one file for what pages share.
  'web/job-models.ts → web/view-models.ts → web/job-models.ts',
  'web/membership-views.ts → web/view-models.ts → web/membership-views.ts',
  'web/sharing-views.ts → web/view-models.ts → web/sharing-views.ts',
];

/** "server/site/live/story/steps.ts" → "site/live"; "server/site/app.ts" → "site"; "bench/endings/main.ts" → "bench". */
export function roomOf(file: string): string {
  const parts = file.split('/');
  if (parts[0] === 'server') return parts.slice(1, -1).slice(0, 2).join('/');
  return file.startsWith('web/client/') ? 'web/client' : (parts[0] ?? '');
}

export const houseOf = (room: string): string => room.split('/')[0] ?? '';

export function mayImport(from: string, to: string): boolean {
  if (from === to || TOP.includes(houseOf(from))) return true;
  const allowed = ALLOWED[from] ?? [];
  return allowed.includes(to) || allowed.includes(`${houseOf(to)}/*`);
}
