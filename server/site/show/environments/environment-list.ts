/** The page of all environments: which entries it shows, and whether as cards or rows. */
import {
  type EnvironmentFilter,
  FILTER_KEYS,
  fits,
  shownText,
  toQuery,
} from '../../../../web/environment-filter.ts';
import type { PageTranslate } from '../../../../web/languages.ts';
import type { Choice, EnvironmentsPage, EnvironmentView } from '../../../../web/view-models.ts';
import type { EngineState } from '../../../environments/discovery/environment.ts';

const VIEWS = ['cards', 'table'] as const;
export type ListView = (typeof VIEWS)[number];

type List = { environments: EnvironmentView[]; engine: EngineState };

export function environmentsPage(
  { environments, engine }: List,
  filter: EnvironmentFilter,
  view: ListView,
  t: PageTranslate,
): Omit<
  EnvironmentsPage,
  'user' | 'section' | 'title' | 'notice' | 'canBuild' | 'paused' | 'awaited' | 'unbuilt'
> {
  const visible = environments.filter((one) => fits(one, filter));
  return {
    environments: visible,
    engine,
    some: environments.length > 0,
    filter: {
      text: filter.text,
      languages: choices(
        environments.flatMap(({ languages }) => languages),
        filter.language,
        t,
      ),
      runtimes: choices(
        environments.map(({ runtime }) => runtime),
        filter.runtime,
        t,
      ),
      states: STATES.map(({ value, label }) => ({ value, label: t(label), chosen: value === filter.state })),
    },
    shown: shownText(visible.length, environments.length, t),
    views: VIEWS.map((name) => viewLink(name, filter, name === view, t)),
    asTable: view === 'table',
  };
}

const STATES = [
  { value: '', label: 'live.all' },
  { value: 'available', label: 'live.available' },
  { value: 'unavailable', label: 'live.unavailable' },
] as const;

/** The chosen option stays, even when no environment has it any more. */
function choices(values: readonly string[], chosen: string, t: PageTranslate): Choice[] {
  const all = [...new Set([...values, chosen])].filter((value) => value !== '').sort();
  const options = all.map((value) => ({ value, label: value, chosen: value === chosen }));
  return [{ value: '', label: t('live.all'), chosen: chosen === '' }, ...options];
}

function viewLink(name: ListView, filter: EnvironmentFilter, current: boolean, t: PageTranslate) {
  const query = toQuery(filter);
  const href = `/environments?view=${name}${query === '' ? '' : `&${query}`}`;
  return { name, label: t(name === 'cards' ? 'environments.cards' : 'environments.table'), href, current };
}

const MAX_TEXT = 200;

/** Reads the filter from an address, which is untrusted: a value that is not text, or too long, is ignored. */
export function readFilter(query: Readonly<Record<string, unknown>>): EnvironmentFilter {
  const filter: EnvironmentFilter = { text: '', language: '', runtime: '', state: '' };
  for (const key of FILTER_KEYS) {
    const value = query[key];
    if (typeof value === 'string' && value.length <= MAX_TEXT) filter[key] = value;
  }
  return filter;
}

export const readView = (value: unknown): ListView | null => VIEWS.find((view) => view === value) ?? null;
