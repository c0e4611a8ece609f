/**
 * The rooms of the house, and what each may import beside itself. A room is a folder of server/, and each folder in it is
 * one, too; deeper ones belong to it. "courses" are the files directly in it, "courses/*" all of it.
 */
const GROUND = ['rules/*', 'text', 'grading-api', 'model', 'ports/*'];

const DOMAIN = ['jobs', 'courses/*', 'people/*', 'environments/*', 'submissions/*'];

/** What a room holds flat, at most; more are two rooms. */
export const ROOM_FILES = 16;

/** Rooms that put others together: they may import whatever they need. */
export const TOP = ['main', 'cli', 'bench', 'test'];

export const ALLOWED: Record<string, readonly string[]> = {
  text: [],
  'rules/files': ['rules', 'text'],
  rules: ['rules/files', 'text'],
  'grading-api': [],
  model: ['rules/*', 'text', 'grading-api'],
  'ports/engine': ['rules/*', 'text', 'grading-api', 'model'],
  ports: ['rules/*', 'text', 'grading-api', 'model', 'ports/engine'],

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
  'adapters/events-local': GROUND,
  'adapters/task-files': [...GROUND, 'adapters/documents'],
  'adapters/cgroups': GROUND,
  'adapters/engine-address': [],
  'adapters/system-calls': [],
  'adapters/docker': [...GROUND, 'adapters/cgroups', 'adapters/engine-address', 'adapters/system-calls'],
  'adapters/oci': [...GROUND, 'adapters/cgroups', 'adapters/docker', 'adapters/system-calls'],
  'adapters/portable': [...GROUND, 'adapters/docker', 'adapters/oci'],

  jobs: GROUND,
  config: ['rules/*', 'text', 'environments/discovery', 'environments/builds', 'environments/registries'],

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
  'courses/import': [...GROUND, 'courses', 'courses/inginious', 'courses/text', 'environments/discovery'],
  'courses/students': [...GROUND, 'courses'],
  courses: [...GROUND, 'courses/inginious', 'courses/translations', 'courses/yaml'],

  people: [...GROUND, 'courses', 'courses/students', 'people/sign-in'],
  'people/sign-in': GROUND,
  lti: [...GROUND, 'courses', 'people/*'],

  'execution/agent': [...GROUND, 'environments/discovery'],
  'execution/slots': [...GROUND, 'environments/discovery', 'execution/agent'],
  'execution/run': [...GROUND, 'environments/discovery', 'execution/agent', 'execution/slots'],
  execution: [...GROUND, 'environments/discovery', 'execution/*'],
  'submissions/admission': [...GROUND, 'courses', 'submissions'],
  submissions: [...GROUND, 'courses/*', 'people', 'environments/discovery', 'submissions/admission'],
  worker: [
    ...GROUND,
    ...[
      'courses',
      'courses/quiz',
      'courses/students',
      'courses/text',
      'people',
      'submissions/*',
      'execution/*',
    ],
  ],
  'worker/remote': [...GROUND, 'environments/discovery', 'worker'],
  samples: [...GROUND, 'courses/*', 'environments/*', 'execution/*', 'worker'],

  'site/door': [...GROUND, 'people/*', 'site'],
  'site/show': [...GROUND, ...DOMAIN, 'web'],
  'site/requests': [...GROUND, ...DOMAIN, 'site', 'site/door', 'site/show', 'web'],
  'site/pages': [...GROUND, ...DOMAIN, 'lti', 'site', 'site/door', 'site/requests', 'site/show'],
  'site/api': [...GROUND, ...DOMAIN, 'site', 'site/door', 'site/requests', 'site/show'],
  'site/live': [...GROUND, ...DOMAIN, 'site/door', 'site/show', 'web'],
  site: [...GROUND, ...DOMAIN, 'lti', 'site/*', 'web'],

  'first-start': [...GROUND, 'people/*'],
  attacks: [...GROUND, 'courses/*', 'environments/*', 'submissions/*', 'execution/*', 'worker'],
  // The browser's events are those of the log: a type, of which nothing is left in its bundle.
  web: ['text', 'model'],
  'web/client': ['web', 'text'],
  setup: ['adapters/engine-address'],
  bin: ['cli', 'setup'],
  deploy: ['bin', 'web'],
};

/** "server/environments/builds/dockerfile/lint.ts" → "environments/builds"; "server/site/app.ts" → "site"; "bench/endings/main.ts" → "bench". */
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
