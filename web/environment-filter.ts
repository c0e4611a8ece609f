/** Which environments of a list are shown: one rule for the server's page and for the live list. Pure. */
import type { Translate } from './messages.ts';

export type EnvironmentFilter = {
  text: string;
  language: string;
  runtime: string;
  /** "available", "unavailable"; anything else: both. */
  state: string;
};
export const FILTER_KEYS = [
  'text',
  'language',
  'runtime',
  'state',
] as const satisfies readonly (keyof EnvironmentFilter)[];

export type Searched = {
  /** All searchable text, in lower case. */
  search: string;
  languages: readonly string[];
  runtime: string;
  available: boolean;
};

export function fits(one: Searched, { text, language, runtime, state }: EnvironmentFilter): boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return (
    words.every((word) => one.search.includes(word)) &&
    (language === '' || one.languages.includes(language)) &&
    (runtime === '' || one.runtime === runtime) &&
    (!['available', 'unavailable'].includes(state) || (state === 'available') === one.available)
  );
}

/** "3 of 8", "8 in all" */
export const shownText = (
  visible: number,
  all: number,
  t: Translate<'live.shown' | 'live.shownAll'>,
): string => (visible === all ? t('live.shownAll', { all }) : t('live.shown', { visible, all }));

/** Only the filters that are set, so that an address stays short. */
export function toQuery(filter: EnvironmentFilter): string {
  const query = new URLSearchParams();
  for (const key of FILTER_KEYS) if (filter[key] !== '') query.set(key, filter[key]);
  return query.toString();
}
