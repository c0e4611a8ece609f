/** The arrows of DESIGN §2: who may import whom, and no circles. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const files = ['server', 'grading-api', 'web', 'attacks', 'bench']
  .filter((room) => existsSync(join(root, room)))
  .flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, encoding: 'utf8' }).map((name) => join(room, name)),
  )
  .filter((name) => name.endsWith('.ts') && !name.includes('/dist/'));

const IMPORT = /(?:^|\n)\s*(?:import|export)\s[^;'"]*?from\s+'(\.[^']+)'|import\('(\.[^']+)'\)/g;

/** File → the files of ours that it imports, with whether it is for types only. */
const imports = new Map(
  files.map((file) => {
    const source = readFileSync(join(root, file), 'utf8');
    const found = [...source.matchAll(IMPORT)].map((match) => ({
      to: relative(root, resolve(root, dirname(file), match[1] ?? match[2] ?? '')),
      typeOnly: /(?:import|export)\s+type\s/.test(match[0]),
    }));
    return [file, found] as const;
  }),
);

/** "server/site/pages/run.ts" → "site". */
function roomOf(file: string): string {
  const parts = file.split('/');
  return (parts[0] === 'server' ? parts[1] : parts[0]) ?? '';
}

const FLOOR = ['rules', 'text', 'grading-api', 'model', 'ports'];

/** What each room may import beside itself. */
const ALLOWED: Record<string, string[]> = {
  rules: [],
  text: [],
  'grading-api': [],
  web: [],
  model: ['rules', 'grading-api'],
  ports: ['rules', 'grading-api', 'model'],
  adapters: FLOOR,
  jobs: FLOOR,
  environments: [...FLOOR, 'jobs'],
  // The report on a course asks which environments there are.
  courses: [...FLOOR, 'environments'],
  config: ['rules', 'text', 'environments'],
  people: [...FLOOR, 'courses'],
  lti: [...FLOOR, 'courses', 'people'],
  // A quiz is graded here, the input is made by the worker, and three constants stand beside Docker's options.
  execution: [...FLOOR, 'environments', 'courses', 'worker', 'adapters'],
  // Where a run belongs is found in execution/execute.ts.
  submissions: [...FLOOR, 'courses', 'people', 'environments', 'execution'],
  worker: [...FLOOR, 'courses', 'people', 'submissions', 'execution'],
  samples: [...FLOOR, 'courses', 'environments', 'execution', 'worker'],
  site: [
    ...FLOOR,
    ...['jobs', 'environments', 'courses', 'people', 'submissions', 'lti', 'web'],
    // Pages show how many slots wait.
    'execution',
  ],
  'first-start': [...FLOOR, 'people'],
  attacks: [...FLOOR, 'courses', 'environments', 'submissions', 'execution', 'worker'],
};

describe('the house', () => {
  test('has files in every room that the rules speak of', () => {
    const rooms = new Set(files.map(roomOf));
    for (const room of Object.keys(ALLOWED)) expect(rooms, room).toContain(room);
    expect(files.length).toBeGreaterThan(100);
  });

  test('imports only along its arrows', () => {
    const wrong: string[] = [];
    for (const [file, list] of imports) {
      const allowed = ALLOWED[roomOf(file)];
      if (!allowed) continue;
      for (const { to } of list) {
        const target = roomOf(to);
        if (target !== roomOf(file) && !allowed.includes(target)) wrong.push(`${file} → ${to}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test('has rules for every room but those at the top', () => {
    const top = new Set(['cli', 'main', 'bench']);
    const unknown = [...new Set(files.map(roomOf))].filter((room) => !(room in ALLOWED) && !top.has(room));
    expect(unknown).toEqual([]);
  });

  test('no room imports the composition root or the command line', () => {
    const wrong = [...imports].flatMap(([file, list]) =>
      list
        .filter(({ to }) => /^server\/(main|cli)\//.test(to) && !/^(server\/(main|cli)|bench)\//.test(file))
        .map(({ to }) => `${file} → ${to}`),
    );
    expect(wrong).toEqual([]);
  });

  test('has no circles of imports', () => {
    const state = new Map<string, 'open' | 'closed'>();
    const circles: string[] = [];
    const visit = (file: string, path: string[]) => {
      if (state.get(file) === 'closed') return;
      if (state.get(file) === 'open') {
        circles.push([...path.slice(path.indexOf(file)), file].join(' → '));
        return;
      }
      state.set(file, 'open');
      for (const { to, typeOnly } of imports.get(file) ?? []) if (!typeOnly) visit(to, [...path, file]);
      state.set(file, 'closed');
    };
    for (const file of files) visit(file, []);
    expect(circles).toEqual([]);
  });

  test('has no file over 300 lines', () => {
    const long = files.filter((file) => readFileSync(join(root, file), 'utf8').split('\n').length > 300);
    expect(long).toEqual([]);
  });
});
