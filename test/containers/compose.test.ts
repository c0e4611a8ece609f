/** The short form of test/compose: every Compose here takes the files, and the entry point takes its user in a container. */
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { PROJECT_FOLDER } from '../../server/config/config.ts';
import { composeCommands, whyNoCompose } from '../../setup/compose.mjs';
import { buildEntry } from '../support/compose/entry-image.ts';
import { mustRun, tryRun } from '../support/compose/run.ts';
import { removeImages } from '../support/compose/stand-ins.ts';
import { tempFolder } from '../support/store/temp-folder.ts';

const SOCKET = '/var/run/docker.sock';
const commands = composeCommands();
const missing = [1, 2].filter((major) => !commands.some((one) => one.major === major));
for (const major of missing)
  test.skip(`Compose ${major} takes the files (it is not here: ${whyNoCompose() || 'npm test installs it'})`, () => {});

describe.each(commands)('$name', ({ program, args }) => {
  const config = async (files: string[], env: Record<string, string> = {}) => {
    const named = files.flatMap((file) => ['--file', file]);
    const options = { cwd: PROJECT_FOLDER, env: { PATH: process.env['PATH'], ...env } };
    return parse(await mustRun(program, [...args, ...named, '--profile', 'tls', 'config'], options));
  };

  test('takes docker-compose.yml as it is', async () => {
    const { services, volumes } = await config(['docker-compose.yml']);
    expect(Object.keys(services).sort()).toEqual(['mongo', 'proxy', 'server']);
    expect(Object.keys(volumes).sort()).toEqual(['certificates', 'data', 'mongo', 'proxy']);
    expect(services.server).toMatchObject({ read_only: true, restart: 'unless-stopped', cap_drop: ['ALL'] });
    expect(services.server.environment).toMatchObject({ GRADEPORT_STORE: 'mongodb://mongo:27017/gradeport' });
  });

  test('takes the secrets’ file with it, and asks for the password’s file', async () => {
    const files = ['docker-compose.yml', 'docker-compose.secrets.yml'];
    const { services, secrets } = await config(files, { MONGO_PASSWORD_FILE: '/run/p' });
    expect(secrets.mongo_password.file).toBe('/run/p');
    expect(services.server.environment.MONGO_PASSWORD_FILE).toBe('/run/secrets/mongo_password');
    expect(services.server.cap_add.toSorted()).toEqual(['CHOWN', 'DAC_OVERRIDE', 'SETGID', 'SETUID']);
    await expect(config(files)).rejects.toThrow(/names the file with the password/);
  });
});

describe('the entry point', () => {
  let image = '';
  beforeAll(async () => {
    image = await buildEntry();
  });
  afterAll(() => removeImages(image));

  const RIGHTS = ['--cap-drop', 'ALL', '--cap-add', 'CHOWN', '--cap-add', 'SETGID', '--cap-add', 'SETUID'];
  const OPTIONS = [
    'run',
    '--rm',
    '--read-only',
    '--network',
    'none',
    '--security-opt',
    'no-new-privileges',
    ...RIGHTS,
  ];
  const run = (options: string[], args: string[] = []) =>
    tryRun('docker', [...OPTIONS, ...options, image, ...args]);
  const mounted = ['--volume', `${SOCKET}:${SOCKET}`];

  test('becomes a user in the group of the socket, and hands on what it was called with', async () => {
    const { stdout, stderr } = await run([...mounted, '--env', 'DOCKER_HOST='], ['user', 'list']);
    expect(stderr).toBe('');
    const { gid } = statSync(SOCKET);
    expect(JSON.parse(stdout)).toEqual({
      uid: 10001,
      gid: 10001,
      groups: expect.toSatisfy((groups: number[]) => new Set([...groups, 10001, gid]).size === 2),
      args: ['user', 'list'],
      engine: null,
    });
  });

  test('reads a secret that only root can read', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'p'), 'secret\n', { mode: 0o600 });
    const variables = {
      GRADEPORT_STORE: 'mongodb://mongo/g',
      MONGO_USER: 'u',
      MONGO_PASSWORD_FILE: '/run/p',
    };
    const set = Object.entries(variables).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
    const { stdout } = await run([
      ...mounted,
      ...set,
      '--cap-add',
      'DAC_OVERRIDE',
      '--volume',
      `${folder}/p:/run/p:ro`,
    ]);
    expect(JSON.parse(stdout)).toMatchObject({
      uid: 10001,
      store: 'mongodb://u:secret@mongo/g?authSource=admin',
    });
  });

  test('goes without a socket where the engine is elsewhere', async () => {
    const { stdout } = await run(['--env', 'DOCKER_HOST=tcp://engine:2376']);
    expect(JSON.parse(stdout)).toMatchObject({ uid: 10001, groups: [10001], engine: 'tcp://engine:2376' });
  });

  test.each<[string, string[], number, RegExp]>([
    ['without a socket', [], 3, /no engine's socket at \/var\/run\/docker\.sock/],
    ['with a password and no user', [...mounted, '--env', 'MONGO_PASSWORD=x'], 2, /^MONGO_USER is missing/],
    [
      'on files of another user',
      [...mounted, '--tmpfs', '/data:uid=7,mode=755', '--volume', '/data/x'],
      3,
      /belong to user 7/,
    ],
  ])('ends %s, and says what to do', async (_, options, code, sentence) => {
    const ended = await run(options);
    expect([ended.code, ended.stderr]).toEqual([code, expect.stringMatching(sentence)]);
  });
});
