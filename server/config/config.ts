/** Configuration: defaults, then a YAML file, then GRADEPORT_… environment variables, then command-line options. */
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import { buildConfigSchema, onOff } from '../environments/builds/source/build-config.ts';
import { traitsSchema } from '../environments/discovery/runtimes.ts';
import { imagePolicySchema } from '../environments/registries/policy.ts';
import { GradeportError } from '../rules/errors.ts';
import { ceilingsSchema } from '../rules/limits.ts';
import { type AskedWay, WAYS } from '../rules/ways.ts';
import { faultSentences } from './setting-faults.ts';
import { slotUsersSchema } from './slot-users.ts';
import { signInConfigSchema, submissionsConfigSchema, webConfigSchema } from './web-bounds.ts';

/** The folder of this checkout. */
export const PROJECT_FOLDER = resolve(fileURLToPath(new URL('../..', import.meta.url)));

/** The images that come with Gradeport: one folder each. */
export const ENVIRONMENTS_FOLDER = join(PROJECT_FOLDER, 'environments');

const MIB = 2 ** 20;

const configSchema = z.strictObject({
  /** The folder for all data: store, blobs, courses, runs in progress. */
  data: z.string().default(join(PROJECT_FOLDER, 'data')),
  /** A MongoDB connection string that names a database; null: SQLite in the data folder. */
  store: z
    .string()
    .regex(
      /^mongodb(\+srv)?:\/\//,
      'an address such as mongodb://host:27017/database; leave it out for SQLite in the data folder',
    )
    .nullable()
    .default(null),
  /** Folders of course folders; none: courses/ in the data folder. */
  courses: z.array(z.string()).default([]),
  host: z.string().default('127.0.0.1'),
  port: z.coerce.number().int().min(0).max(65_535).default(8080),
  /** The address that browsers use when a proxy stands in front of the server. */
  publicUrl: z.url().nullable().default(null),
  /** Runs graded at the same time. */
  concurrency: z.coerce.number().int().positive().default(availableParallelism()),
  /** The limit for one uploaded file. */
  maxUploadBytes: z.coerce
    .number()
    .int()
    .positive()
    .default(10 * MIB),
  /** The limit for one text answer. */
  maxTextBytes: z.coerce.number().int().positive().default(MIB),
  maxWaiting: z.coerce.number().int().positive().default(10_000),
  /** What a runtime can do, where its name does not say it. */
  runtimes: z.record(z.string(), traitsSchema).default({}),
  /** Grading names for tasks that name none: those of type nvidia get the one with a GPU. */
  defaultCpu: z.string().min(1).default('default'),
  defaultGpu: z.string().min(1).default('default'),
  /** Other names for environments: what tasks ask for → grading name. They take precedence over all labels. */
  aliases: z.record(z.string().min(1), z.string().min(1)).default({}),
  /** Which images may be imported from registries and archives, and how registries are contacted. */
  images: imagePolicySchema.prefault({}),
  /** Encrypts the passwords of registries, 32 bytes in base64; null: a key file in the data folder. */
  registryKey: z.string().nullable().default(null),
  /** When a new image of a known environment starts to grade: once its samples pass, or once an operator promotes it. */
  promote: z.enum(['when-tested', 'by-hand']).default('when-tested'),
  /** Whether the samples of an environment's first image also run automatically; that image grades in any case. */
  testFirst: z.enum(['yes', 'no']).default('yes'),
  ceilings: ceilingsSchema.prefault({}),
  /** Who starts containers that share the host's kernel: their runtime itself where that is safe, or the engine always. */
  containers: z.enum(['auto', 'engine']).default('auto'),
  /** A Debian 12 for the environments that come with Gradeport, where set-up made none: it is here, or it is pulled. */
  baseImage: z.string().min(1).default('debian:bookworm-slim'),
  /** The way in which containers are started; auto: the quickest that works here. */
  execution: z.enum(['auto', ...WAYS]).default('auto'),
  /** Users of the machine, two for each slot, where Gradeport starts the runtime: numbers that no one else has. */
  slotUsers: slotUsersSchema.prefault({}),
  /** Whether runs are refused on a machine that does not count their processor time, memory or processes. */
  strict: onOff(false),
  /** Builds of environments that users request. */
  build: buildConfigSchema.prefault({}),
  /** Runs that may use a GPU at the same time: one per GPU, unless you let runs share them. */
  gpuRuns: z.coerce.number().int().positive().default(1),
  /** Slots that wait for a run; maxIdle 0: none. */
  pool: z
    .strictObject({
      maxIdle: z.coerce.number().int().min(0).default(8),
      maxMemoryBytes: z.coerce
        .number()
        .int()
        .positive()
        .default(Math.floor(totalmem() / 2)),
      idleMs: z.coerce
        .number()
        .int()
        .positive()
        .default(15 * 60_000),
    })
    .prefault({}),
  /** Learning platforms that send students (LTI). */
  lti: z
    .strictObject({
      /** Hosts (host, or host:port) that get grades though their addresses are private, as in a campus network. */
      privateHosts: z.array(z.string().max(260)).default([]),
    })
    .prefault({}),
  signIn: signInConfigSchema.prefault({}),
  submissions: submissionsConfigSchema.prefault({}),
  web: webConfigSchema.prefault({}),
  /** A client that sends it as a bearer token may read GET /metrics and GET /api/slots. */
  metricsToken: z.string().min(16).nullable().default(null),
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('warn'),
});
export type Config = z.infer<typeof configSchema>;

const ENV_PREFIX = 'GRADEPORT_';

/** GRADEPORT_MAX_UPLOAD_BYTES → maxUploadBytes; two underscores go one level down. */
function fromEnvironment(env: NodeJS.ProcessEnv): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const { path, value } of settingVariables(env))
    setPath(found, path, path[0] === 'courses' ? value.split(delimiter) : value);
  return found;
}

/** The variables that are settings, each with the place of its setting. */
export function settingVariables(env: NodeJS.ProcessEnv): { name: string; path: string[]; value: string }[] {
  return Object.entries(env).flatMap(([name, value]) => {
    // An empty variable counts as unset: compose files set one for each option that is left open.
    if (!name.startsWith(ENV_PREFIX) || value === undefined || value === '') return [];
    const path = name.slice(ENV_PREFIX.length).toLowerCase().split('__').map(toCamel);
    return path[0] !== undefined && Object.hasOwn(configSchema.shape, path[0]) ? [{ name, path, value }] : [];
  });
}

const toCamel = (name: string): string =>
  name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

function setPath(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [key, ...rest] = path;
  if (key === undefined) return;
  if (rest.length === 0) target[key] = value;
  else {
    const inner: Record<string, unknown> = {};
    Object.assign(inner, target[key]);
    target[key] = inner;
    setPath(inner, rest, value);
  }
}

function fromFile(file: string | undefined): Record<string, unknown> {
  if (file === undefined) return {};
  if (!existsSync(file)) throw new GradeportError('usage', `There is no configuration file ${file}.`);
  try {
    return z.record(z.string(), z.unknown()).parse(parse(readFileSync(file, 'utf8')) ?? {});
  } catch (error) {
    const why = error instanceof z.ZodError ? 'expected a map of settings' : String(error);
    throw new GradeportError('usage', `The configuration file ${file} cannot be read: ${why}`, {
      cause: error,
    });
  }
}

type Settings = Record<string, unknown>;
const isGroup = (value: unknown): value is Settings =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Merges two levels of settings; the second wins, setting by setting, also inside groups. */
function merge(first: Settings, second: Settings): Settings {
  const merged = { ...first };
  for (const [key, value] of Object.entries(second)) {
    const before = merged[key];
    merged[key] = isGroup(before) && isGroup(value) ? merge(before, value) : value;
  }
  return merged;
}

/** The settings of each source as they are written, not checked yet; later sources override earlier ones. */
export function configSources(
  options: Record<string, unknown> = {},
  file: string | undefined = process.env['GRADEPORT_CONFIG'],
  env: NodeJS.ProcessEnv = process.env,
): { origin: 'file' | 'variable' | 'option'; settings: Settings }[] {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return [
    { origin: 'file', settings: fromFile(file) },
    { origin: 'variable', settings: fromEnvironment(env) },
    { origin: 'option', settings: given },
  ];
}

/** Fails with "usage", naming every wrong key. */
export function loadConfig(options: Record<string, unknown>, file?: string, env?: NodeJS.ProcessEnv): Config {
  const sources = configSources(options, file, env);
  const parsed = configSchema.safeParse(sources.map(({ settings }) => settings).reduce(merge, {}));
  if (!parsed.success) {
    const place = { sources, file: file ?? process.env['GRADEPORT_CONFIG'] ?? null };
    const known = Object.keys(configSchema.shape);
    throw new GradeportError('usage', faultSentences(parsed.error.issues, { ...place, known }).join('\n'));
  }
  return { ...parsed.data, data: resolve(parsed.data.data) };
}

/** The way that `execution` asks for, or the older `containers`, which knows one of them; and the users of slots. */
export const askedStarts = ({
  execution,
  containers,
  slotUsers,
}: Pick<Config, 'execution' | 'containers' | 'slotUsers'>): {
  way: AskedWay;
  slotUsers: Config['slotUsers'];
} => ({ way: execution === 'auto' ? containers : execution, slotUsers });

/** The mark on this installation's containers, and the grading API that they mount. */
export const installationOf = (instance: string): { instance: string; apiFolder: string } => ({
  instance,
  apiFolder: join(PROJECT_FOLDER, 'grading-api'),
});

/** The environment of tasks that name none. */
export const defaultEnvironments = ({ defaultCpu, defaultGpu }: Config): { cpu: string; gpu: string } => ({
  cpu: defaultCpu,
  gpu: defaultGpu,
});

export const courseFolders = (config: Config): string[] =>
  config.courses.length > 0
    ? config.courses.map((folder) => resolve(folder))
    : [join(config.data, 'courses')];
