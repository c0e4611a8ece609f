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

/** "server/http/app.ts" → "http"; files directly in server/ are rooms of their own. */
function roomOf(file: string): string {
  const parts = file.split('/');
  if (parts[0] !== 'server') return parts[0] ?? '';
  return parts.length === 2 ? `server/${parts[1]}` : (parts[1] ?? '');
}

const PORTS = new Set([
  'server/store/port.ts',
  'server/store/collections.ts',
  'server/store/lti.ts',
  'server/queue/port.ts',
  'server/engine/port.ts',
  'server/engine/images-port.ts',
  'server/engine/labels.ts',
  'server/engine/host-config.ts',
]);

/** What each room may import beside itself. "port" stands for ports and the shapes they carry. */
const ALLOWED: Record<string, string[]> = {
  core: [],
  'grading-api': [],
  store: ['core', 'grading-api'],
  queue: ['core'],
  engine: ['core'],
  environments: ['core', 'port'],
  courses: ['core', 'grading-api'],
  accounts: ['core', 'port'],
  grading: ['core', 'grading-api', 'courses', 'environments', 'port'],
  lti: ['core', 'courses', 'accounts', 'port'],
  http: ['core', 'courses', 'accounts', 'environments', 'grading', 'grading-api', 'lti', 'port', 'web'],
  live: ['core', 'courses', 'accounts', 'environments', 'grading', 'grading-api', 'http', 'port', 'web'],
  setup: ['core', 'courses', 'accounts', 'environments', 'grading', 'port'],
  attacks: ['core', 'courses', 'environments', 'grading', 'port'],
  web: [],
  'server/config.ts': ['core', 'environments'],
  'server/log.ts': [],
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
        const target = PORTS.has(to) && allowed.includes('port') ? 'port' : roomOf(to);
        if (target !== roomOf(file) && !allowed.includes(target)) wrong.push(`${file} → ${to}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test('has rules for every room but those at the top', () => {
    const top = new Set(['cli', 'server/main.ts', 'bench']);
    const unknown = [...new Set(files.map(roomOf))].filter((room) => !(room in ALLOWED) && !top.has(room));
    expect(unknown).toEqual([]);
  });

  test('no room imports the composition root or the command line', () => {
    const wrong = [...imports].flatMap(([file, list]) =>
      list
        .filter(({ to }) => /^server\/(main\.ts|cli\/)/.test(to) && !/^(server\/cli|bench)\//.test(file))
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
