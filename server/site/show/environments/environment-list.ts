/** The page of all environments: what of the list is shown, and as what. */
import {
  type EnvironmentFilter,
  FILTER_KEYS,
  fits,
  shownOf,
  toQuery,
} from '../../../../web/environment-filter.ts';
import type { Choice, EnvironmentsPage, EnvironmentView } from '../../../../web/view-models.ts';
import type { EngineState } from '../../../environments/discovery/environment.ts';

const VIEWS = ['cards', 'table'] as const;
export type ListView = (typeof VIEWS)[number];

type List = { environments: EnvironmentView[]; engine: EngineState };

export function environmentsPage(
  { environments, engine }: List,
  filter: EnvironmentFilter,
  view: ListView,
): Omit<EnvironmentsPage, 'user' | 'section' | 'title' | 'notice' | 'canBuild'> {
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
      ),
      runtimes: choices(
        environments.map(({ runtime }) => runtime),
        filter.runtime,
      ),
      states: STATES.map((one) => ({ ...one, chosen: one.value === filter.state })),
    },
    shown: shownOf(visible.length, environments.length),
    views: VIEWS.map((name) => viewLink(name, filter, name === view)),
    asTable: view === 'table',
  };
}

const STATES = [
  { value: '', label: 'All' },
  { value: 'available', label: 'Available' },
  { value: 'unavailable', label: 'Unavailable' },
];

/** The chosen one stays, also where nothing has it any more. */
function choices(values: readonly string[], chosen: string): Choice[] {
  const all = [...new Set([...values, chosen])].filter((value) => value !== '').sort();
  const options = all.map((value) => ({ value, label: value, chosen: value === chosen }));
  return [{ value: '', label: 'All', chosen: chosen === '' }, ...options];
}

function viewLink(name: ListView, filter: EnvironmentFilter, current: boolean) {
  const query = toQuery(filter);
  const href = `/environments?view=${name}${query === '' ? '' : `&${query}`}`;
  return { name, label: name === 'cards' ? 'Cards' : 'Table', href, current };
}

const MAX_TEXT = 200;

/** From an address, which anybody may write: what is no text, or too long, is as good as not there. */
export function readFilter(query: Readonly<Record<string, unknown>>): EnvironmentFilter {
  const filter: EnvironmentFilter = { text: '', language: '', runtime: '', state: '' };
  for (const key of FILTER_KEYS) {
    const value = query[key];
    if (typeof value === 'string' && value.length <= MAX_TEXT) filter[key] = value;
  }
  return filter;
}

export const readView = (value: unknown): ListView | null => VIEWS.find((view) => view === value) ?? null;
