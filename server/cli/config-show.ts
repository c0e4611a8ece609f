/** The settings that hold, each with its origin. */
import { type Config, configSources, loadConfig } from '../config.ts';
import type { ConfigShowOptions } from './config.ts';
import { data, harmless, json, table } from './terminal.ts';

export type Setting = {
  /** "pool.maxIdle" */
  key: string;
  value: unknown;
  origin: 'default' | 'file' | 'variable' | 'option';
  /** The file, the variable or the option that says it; null for a default. */
  where: string | null;
};

/** Never shown, whoever asks: what is printed lands in terminals' histories and in mails. */
const SECRET = /token|secret|password|key$/i;
const HIDDEN = '(set, not shown)';

export function showConfig({ config: file, data: folder, json: asJson }: ConfigShowOptions): void {
  const settings = effectiveSettings({ data: folder }, file ?? process.env['GRADEPORT_CONFIG'], process.env);
  if (asJson) json(settings);
  else data(settingsTable(settings));
}

function settingsTable(settings: readonly Setting[]): string {
  const rows = settings.map(({ key, value, origin, where }) => [
    key,
    harmless(shown(value)),
    where === null ? origin : harmless(`${origin} ${where}`),
  ]);
  return table(['SETTING', 'VALUE', 'FROM'], rows);
}

export function effectiveSettings(
  options: Record<string, unknown>,
  file: string | undefined,
  env: NodeJS.ProcessEnv,
): Setting[] {
  const sources = configSources(options, file, env).reverse();
  const places = { file: file ?? null, variable: null, option: null };
  return leaves(loadConfig(options, file, env)).map(({ path, value }) => {
    const source = sources.find(({ settings }) => says(settings, path));
    const key = path.join('.');
    const origin = source?.origin ?? 'default';
    return { key, value: hide(key, value), origin, where: whereOf(origin, path, places.file) };
  });
}

function whereOf(origin: Setting['origin'], path: readonly string[], file: string | null): string | null {
  if (origin === 'file') return file;
  if (origin === 'variable') return variableOf(path);
  return origin === 'option' ? `--${path.join('-')}` : null;
}

/** The other way round than config.ts reads them: maxUploadBytes → GRADEPORT_MAX_UPLOAD_BYTES. */
const variableOf = (path: readonly string[]): string =>
  `GRADEPORT_${path.map((part) => part.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()).join('__')}`;

const hide = (key: string, value: unknown): unknown =>
  SECRET.test(key) && value !== null && value !== undefined ? HIDDEN : value;

type Leaf = { path: string[]; value: unknown };

/** Groups of settings are taken apart; lists, and maps whose keys are names of people's own, are not. */
function leaves(config: Config): Leaf[] {
  const whole = new Set(['runtimes', 'aliases']);
  return Object.entries(config).flatMap(([key, value]): Leaf[] =>
    isGroup(value) && !whole.has(key)
      ? Object.entries(value).map(([inner, one]) => ({ path: [key, inner], value: one }))
      : [{ path: [key], value }],
  );
}

const isGroup = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function says(settings: Record<string, unknown>, path: readonly string[]): boolean {
  let place: unknown = settings;
  for (const key of path) {
    if (!isGroup(place) || !Object.hasOwn(place, key)) return false;
    place = place[key];
  }
  return true;
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return '(none)';
  if (typeof value === 'object') {
    const isEmpty = Object.keys(value).length === 0;
    return isEmpty ? '(none)' : JSON.stringify(value);
  }
  return String(value);
}
