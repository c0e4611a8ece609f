/** From options, configuration and environment to what the unit says. */
import { existsSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { chooseAddress } from '../../adapters/engine-address/choose-address.mjs';
import { hidePassword } from '../../adapters/mongo/connection/url.ts';
import {
  type Config,
  courseFolders,
  loadConfig,
  PROJECT_FOLDER,
  settingVariables,
} from '../../config/config.ts';
import { SECRET } from '../../config/setting-places.ts';
import { GradeportError } from '../../rules/errors.ts';
import { addressOf } from '../doctor/web.ts';
import type { ServeOptions } from '../serve/run.ts';
import { inOneLine } from './quoting.ts';
import type { ServiceUser, UnitPlan } from './unit.ts';

export type PlanOptions = Omit<ServeOptions, 'demo' | 'setupOnly' | 'accountsOnce' | 'dev'> & {
  user?: string;
  group?: string;
};

type Place = { unit: string; environmentFile: string; env: NodeJS.ProcessEnv };

/** Where the engine is, and which certificates Node trusts: for the server as for this command. */
const ENGINE = ['HOST', 'CONTEXT', 'CONFIG', 'TLS', 'TLS_VERIFY', 'CERT_PATH'].map(
  (name) => `DOCKER_${name}`,
);
const PASSED = [...ENGINE, 'NODE_EXTRA_CA_CERTS'];

/** @throws GradeportError "usage" where the configuration is wrong, or cannot be written into a unit */
export function planUnit(options: PlanOptions, { unit, environmentFile, env }: Place): UnitPlan {
  const { config: configFile = env['GRADEPORT_CONFIG'] || undefined, user, group, ...settings } = options;
  const config = loadConfig(settings, configFile, env);
  if (config.port === 0)
    throw new GradeportError(
      'usage',
      'A service needs a port that stays the same: choose one with --port, such as 8080.',
    );
  const plan: UnitPlan = {
    unit,
    node: ownNode(),
    args: [join(PROJECT_FOLDER, 'bin/gradeport.mjs'), ...serveArgs(options, config, configFile)],
    folder: PROJECT_FOLDER,
    data: config.data,
    address: `http://${addressOf(config.host)}:${config.port}`,
    variables: variablesOf(env, environmentFile),
    environmentFile,
    user: userOf(user, group),
    writable: [...courseFolders(config), join(PROJECT_FOLDER, 'web/dist')].filter(
      (folder) => !folder.startsWith(`${config.data}/`),
    ),
    port: config.port,
    engineUnits: engineUnits(env),
  };
  checkLines(plan);
  return plan;
}

/** By the name that stays when an upgrade brings another Node. */
function ownNode(): string {
  const pinned = join(PROJECT_FOLDER, 'node_modules/.bin/node');
  const isPinned = process.execPath.startsWith(join(PROJECT_FOLDER, 'node_modules/'));
  return isPinned && existsSync(pinned) ? pinned : process.execPath;
}

function serveArgs(options: PlanOptions, config: Config, configFile: string | undefined): string[] {
  const { host, port, concurrency, publicUrl, logLevel, courses } = options;
  const given = { host, port, concurrency, 'public-url': publicUrl, 'log-level': logLevel };
  // Relative to the folder of this command, which is not that of the service.
  const isHere = courses !== undefined || config.courses.some((folder) => !isAbsolute(folder));
  return [
    'serve',
    ...['--data', config.data],
    ...(configFile === undefined ? [] : ['--config', resolve(configFile)]),
    ...Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value])),
    ...(isHere ? ['--courses', ...courseFolders(config)] : []),
  ];
}

/** A unit can be read by every user of the machine. */
function variablesOf(env: NodeJS.ProcessEnv, environmentFile: string): Record<string, string> {
  // The data folder is an option of the unit already.
  const settings = settingVariables(env).filter(({ name }) => name !== 'GRADEPORT_DATA');
  const secret = settings.find(
    ({ path, value }) => path.some((part) => SECRET.test(part)) || holdsPassword(value),
  );
  if (secret) {
    throw new GradeportError(
      'usage',
      `${secret.name} holds a secret, which does not belong into a unit that everybody can read. Write the line ` +
        `${secret.name}=… into ${environmentFile} (owner root, mode 600), unset the variable, and run this command again.`,
    );
  }
  const passed = PASSED.flatMap((name) => (env[name] ? [[name, env[name]] as const] : []));
  return Object.fromEntries([...settings.map(({ name, value }) => [name, value] as const), ...passed]);
}

const holdsPassword = (value: string): boolean => /^mongodb/.test(value) && hidePassword(value) !== value;

/** As useradd takes them. */
const USER = /^[a-z_][a-z0-9_-]{0,31}$/i;

function userOf(name: string | undefined, group: string | undefined): ServiceUser | null {
  for (const [option, value] of [
    ['--user', name],
    ['--group', group],
  ] as const) {
    if (value !== undefined && !USER.test(value))
      throw new GradeportError(
        'usage',
        `${option} must be a name such as gradeport, not ${JSON.stringify(value)}.`,
      );
  }
  if (name === undefined && group !== undefined)
    throw new GradeportError(
      'usage',
      '--group goes with --user: root needs no other group. Add --user, or leave --group out.',
    );
  // Root by its name is no other user.
  return name === undefined || name === 'root' ? null : { name, group: group ?? null };
}

/** A unit that is not there may be wanted; but where the engine is another one, Docker need not start. */
function engineUnits(env: NodeJS.ProcessEnv): string[] {
  if (env['DOCKER_HOST'] || env['DOCKER_CONTEXT']) return [];
  try {
    const { place } = chooseAddress();
    if (place.kind !== 'socket') return [];
    return place.path.endsWith('docker.sock') ? ['docker.service'] : ['podman.socket'];
  } catch {
    // The server looks again, and says what is wrong.
    return [];
  }
}

function checkLines({ node, args, folder, data, writable, variables }: UnitPlan): void {
  inOneLine(node, 'The path of Node');
  inOneLine(folder, 'The folder of Gradeport');
  inOneLine(data, 'The data folder');
  for (const path of writable) inOneLine(path, 'A folder of courses');
  for (const arg of args) inOneLine(arg, 'An option of the server');
  for (const [name, value] of Object.entries(variables)) inOneLine(value, `The variable ${name}`);
}
