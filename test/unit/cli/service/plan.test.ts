import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type PlanOptions, planUnit } from '../../../../server/cli/service/plan.ts';
import { PROJECT_FOLDER } from '../../../../server/config/config.ts';

const folder = mkdtempSync(join(tmpdir(), 'gradeport-plan-'));
afterAll(() => rmSync(folder, { recursive: true }));

const environmentFile = '/etc/gradeport/gradeport.env';
const plan = (options: PlanOptions, env: NodeJS.ProcessEnv = {}) =>
  planUnit(options, { unit: 'gradeport.service', environmentFile, env });

describe('the server of the unit', () => {
  test('is that of this checkout, with its data folder', () => {
    const { args, folder: place, data, address } = plan({ data: '/srv/gradeport' });
    expect(args).toEqual([join(PROJECT_FOLDER, 'bin/gradeport.mjs'), 'serve', '--data', '/srv/gradeport']);
    expect({ place, data, address }).toEqual({
      place: PROJECT_FOLDER,
      data: '/srv/gradeport',
      address: 'http://127.0.0.1:8080',
    });
  });

  test('runs on the Node that stays when an upgrade brings another one', () => {
    const { node } = plan({});
    expect([process.execPath, join(PROJECT_FOLDER, 'node_modules/.bin/node')]).toContain(node);
  });

  test('gets the options of the command, and absolute folders of courses', () => {
    const { args } = plan({
      port: '9000',
      host: '0.0.0.0',
      courses: ['/srv/a', '/srv/b c'],
      logLevel: 'info',
    });
    const [, , , , ...rest] = args;
    expect(rest).toEqual([
      '--host',
      '0.0.0.0',
      '--port',
      '9000',
      '--log-level',
      'info',
      '--courses',
      '/srv/a',
      '/srv/b c',
    ]);
  });

  test('reads the configuration file, whose relative folders keep their place', () => {
    const config = join(folder, 'config.yaml');
    writeFileSync(config, 'data: /srv/other\ncourses: [courses]\nport: 9001\n');
    const { args, data, address } = plan({}, { GRADEPORT_CONFIG: config });
    expect(data).toBe('/srv/other');
    expect(address).toBe('http://127.0.0.1:9001');
    const courses = join(process.cwd(), 'courses');
    expect(args.slice(2)).toEqual(['--data', '/srv/other', '--config', config, '--courses', courses]);
  });
});

describe('variables', () => {
  test('that are settings, or lead to the engine, go into the unit, and no others', () => {
    const env = {
      GRADEPORT_MAX_WAITING: '5',
      GRADEPORT_POOL__MAX_IDLE: '2',
      GRADEPORT_DATA: '/srv/gradeport',
      GRADEPORT_PORT: '',
      GRADEPORT_UNKNOWN: 'x',
      DOCKER_HOST: 'ssh://engine.example.org',
      HOME: '/root',
    };
    expect(plan({}, env).variables).toEqual({
      GRADEPORT_MAX_WAITING: '5',
      GRADEPORT_POOL__MAX_IDLE: '2',
      DOCKER_HOST: 'ssh://engine.example.org',
    });
    expect(plan({}, env).engineUnits).toEqual([]);
  });

  test.each([
    ['GRADEPORT_METRICS_TOKEN', 'sixteen-characters-and-more'],
    ['GRADEPORT_REGISTRY_KEY', 'c2VjcmV0'],
    ['GRADEPORT_STORE', 'mongodb://user:secret@db.example.org/gradeport'],
  ])('that hold secrets do not: %s', (name, value) => {
    const attempt = () => plan({}, { [name]: value });
    expect(attempt).toThrow(`Write the line ${name}=… into ${environmentFile}`);
    expect(attempt).not.toThrow(value);
  });

  test('with the address of a database without a password do', () => {
    const store = 'mongodb://db.example.org/gradeport';
    expect(plan({}, { GRADEPORT_STORE: store }).variables).toEqual({ GRADEPORT_STORE: store });
  });
});

describe('refused before anything is written', () => {
  test.each<[string, PlanOptions, string]>([
    ['a port that changes', { port: '0' }, 'choose one with --port'],
    ['a line end in a path', { data: '/srv/a\nUser=root' }, 'The data folder has a line end'],
    ['a line end in an option', { publicUrl: 'https://x.example.org/\n' }, 'control character'],
    ['a user that is no name', { user: '0\nUser=root' }, '--user must be a name'],
    ['a group that is no name', { user: 'nobody', group: '%u' }, '--group must be a name'],
    ['a group of root', { group: 'docker' }, '--group goes with --user'],
    ['a wrong setting', { port: 'eighty' }, '--port must be a number'],
  ])('%s', (_what, options, sentence) => {
    expect(() => plan(options)).toThrow(sentence);
  });
});
