/** The effective settings, each with its origin. */

import { hidePassword } from '../../adapters/mongo/connection/url.ts';
import { type Config, configSources, loadConfig } from '../../config/config.ts';
import { type Origin, SECRET, valueAt, whereOf } from '../../config/setting-places.ts';
import { data, harmless, json, table } from '../ui/terminal.ts';

export type ConfigShowOptions = { config?: string; data?: string; json?: boolean };

export type Setting = {
  /** "pool.maxIdle" */
  key: string;
  value: unknown;
  origin: 'default' | Origin;
  /** The file, the variable or the option that sets it; null for a default. */
  where: string | null;
};

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
  return leaves(loadConfig(options, file, env)).map(({ path, value }) => {
    const source = sources.find(({ settings }) => valueAt(settings, path) !== undefined);
    const key = path.join('.');
    const where = source ? whereOf(source.origin, path, file ?? null) : null;
    return { key, value: hide(key, value), origin: source?.origin ?? 'default', where };
  });
}

function hide(key: string, value: unknown): unknown {
  if (key === 'store' && typeof value === 'string') return hidePassword(value);
  return SECRET.test(key) && value !== null && value !== undefined ? HIDDEN : value;
}

type Leaf = { path: string[]; value: unknown };

/** Groups of settings are flattened; lists, and maps whose keys the operator chooses, are not. */
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

function shown(value: unknown): string {
  if (value === null || value === undefined) return '(none)';
  if (typeof value === 'object') {
    const isEmpty = Object.keys(value).length === 0;
    return isEmpty ? '(none)' : JSON.stringify(value);
  }
  return String(value);
}
