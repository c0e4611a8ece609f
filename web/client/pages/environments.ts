/** The list of environments, live: an image that is built, tagged or removed shows at once, as a card or as a row. */
import { type EnvironmentFilter, FILTER_KEYS, fits, shownText, toQuery } from '../../environment-filter.ts';
import type { EnvironmentView } from '../../view-models.ts';
import { connect } from '../live/live-socket.ts';
import { find, findAll, need } from '../shared/dom.ts';
import { settle } from '../shared/localise-times.ts';
import { t } from '../shared/messages.ts';
import { renderEnvironment, renderEnvironmentRow } from '../shared/templates.ts';

const list = need('#environments', HTMLElement);
const render = list instanceof HTMLTableSectionElement ? renderEnvironmentRow : renderEnvironment;
const filters = need('#filters', HTMLFormElement);
const live = need('#live', HTMLElement);
const shown = need('#shown', HTMLElement);

const socket = connect();
socket.on('connect', () => {
  socket.emit('environments:join', (answer) => {
    if (answer.ok) show(answer.value);
    setLive(answer.ok ? t('live.live') : answer.error, answer.ok);
  });
});
socket.on('environments', show);
socket.on('disconnect', () => setLive(t('live.reconnecting'), false));
socket.on('connect_error', () => setLive(t('live.notLive'), false));
// From here on the script filters.
need('#filter', HTMLButtonElement).hidden = true;
filters.addEventListener('input', () => {
  filter();
  keepAddress();
});
filters.addEventListener('submit', (event) => event.preventDefault());

function setLive(text: string, on: boolean): void {
  live.textContent = text;
  live.classList.toggle('is-on', on);
  live.hidden = false;
}

function show(state: { environments: EnvironmentView[]; engine: { ok: boolean; sentence: string } }): void {
  const engine = need('#engine', HTMLElement);
  engine.textContent = state.engine.sentence;
  engine.className = `engine ${state.engine.ok ? 'good' : 'bad'}`;
  const old = new Map(entries().map((entry) => [entry.dataset['name'], entry]));
  list.replaceChildren(...state.environments.map((view) => entryFor(view, old.get(view.name))));
  need('#no-environments', HTMLElement).hidden = state.environments.length > 0;
  offer(
    'language',
    state.environments.flatMap(({ languages }) => languages),
  );
  offer(
    'runtime',
    state.environments.map(({ runtime }) => runtime),
  );
  filter();
}

/** Keeps an entry that has not changed, so that focus and selection stay. */
function entryFor(view: EnvironmentView, old: HTMLElement | undefined): HTMLElement {
  const template = document.createElement('template');
  template.innerHTML = render(view);
  const entry = need('[data-name]', HTMLElement, template.content);
  settle(template.content);
  const isSame = old?.innerHTML === entry.innerHTML && old.dataset['search'] === entry.dataset['search'];
  if (old && isSame) return old;
  entry.classList.toggle('is-new', !old);
  return entry;
}

/** Offers the options that exist; the chosen one stays. */
function offer(name: 'language' | 'runtime', values: readonly string[]): void {
  const select = need(`select[name=${name}]`, HTMLSelectElement, filters);
  const chosen = select.value;
  const wanted = [...new Set([...values, chosen])].filter((value) => value !== '').sort();
  if (
    wanted.join('\n') ===
    [...select.options]
      .slice(1)
      .map(({ value }) => value)
      .join('\n')
  )
    return;
  select.replaceChildren(new Option(t('live.all'), ''), ...wanted.map((value) => new Option(value, value)));
  select.value = chosen;
}

function chosenFilter(): EnvironmentFilter {
  const data = new FormData(filters);
  const [text = '', language = '', runtime = '', state = ''] = FILTER_KEYS.map((key) =>
    String(data.get(key) ?? ''),
  );
  return { text, language, runtime, state };
}

function filter(): void {
  const chosen = chosenFilter();
  const all = entries();
  for (const entry of all) entry.hidden = !fits(searchedOf(entry), chosen);
  const visible = all.filter(({ hidden }) => !hidden).length;
  const words = shownText(visible, all.length, t);
  // Changed only if it is different, because screen readers read it aloud.
  if (shown.textContent !== words) shown.textContent = words;
  const none = find('#no-match', HTMLElement);
  if (none) none.hidden = all.length === 0 || visible > 0;
}

const searchedOf = ({ dataset }: HTMLElement) => ({
  search: dataset['search'] ?? '',
  languages: (dataset['languages'] ?? '').split(','),
  runtime: dataset['runtime'] ?? '',
  available: dataset['available'] === 'true',
});

/** So that a reload, a shared link, and the other view show the same. */
function keepAddress(): void {
  const query = toQuery(chosenFilter());
  const address = new URL(location.href);
  const view = address.searchParams.get('view');
  history.replaceState(null, '', addressOf(view, query));
  for (const link of findAll('a[data-view]', HTMLAnchorElement)) {
    link.href = addressOf(link.dataset['view'] ?? null, query);
  }
}

function addressOf(view: string | null, query: string): string {
  const parts = [view === null ? '' : `view=${encodeURIComponent(view)}`, query].filter(Boolean);
  return `/environments${parts.length > 0 ? `?${parts.join('&')}` : ''}`;
}

function entries(): HTMLElement[] {
  return findAll('[data-name]', HTMLElement, list);
}
