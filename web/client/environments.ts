/** The list of environments, live: an image that is built, tagged or removed shows at once. */
import type { EnvironmentView } from '../view-models.ts';
import { find, findAll, need } from './dom.ts';
import { connect } from './live-socket.ts';
import { settle } from './settle.ts';
import { renderEnvironment } from './templates.ts';

const list = need('#environments', HTMLUListElement);
const filters = need('#filters', HTMLFormElement);
const live = need('#live', HTMLElement);
const shown = need('#shown', HTMLElement);

const socket = connect();
socket.on('connect', () => {
  socket.emit('environments:join', (answer) => {
    if (answer.ok) show(answer.value);
    setLive(answer.ok ? 'Live' : answer.error, answer.ok);
  });
});
socket.on('environments', show);
socket.on('disconnect', () => setLive('Reconnecting…', false));
socket.on('connect_error', () => setLive('Not live: reload to see changes', false));
filters.hidden = false;
filters.addEventListener('input', filter);
filters.addEventListener('submit', (event) => event.preventDefault());
filter();

function setLive(text: string, on: boolean): void {
  live.textContent = text;
  live.classList.toggle('is-on', on);
  live.hidden = false;
}

function show(state: { environments: EnvironmentView[]; engine: { ok: boolean; sentence: string } }): void {
  const engine = need('#engine', HTMLElement);
  engine.textContent = state.engine.sentence;
  engine.className = `engine ${state.engine.ok ? 'good' : 'bad'}`;
  const old = new Map(cards().map((card) => [card.dataset['name'], card]));
  list.replaceChildren(...state.environments.map((view) => cardFor(view, old.get(view.name))));
  need('#no-environments', HTMLElement).hidden = state.environments.length > 0;
  filter();
}

/** Keeps a card that has not changed, so that focus and selection stay where they are. */
function cardFor(view: EnvironmentView, old: HTMLLIElement | undefined): HTMLLIElement {
  const template = document.createElement('template');
  template.innerHTML = renderEnvironment(view);
  const card = need('li', HTMLLIElement, template.content);
  settle(template.content);
  if (old?.innerHTML === card.innerHTML) return old;
  card.classList.toggle('is-new', !old);
  return card;
}

function filter(): void {
  const data = new FormData(filters);
  const words = String(data.get('text') ?? '')
    .toLowerCase()
    .split(/\s+/)
    .filter(Boolean);
  const state = String(data.get('state') ?? '');
  let visible = 0;
  for (const card of cards()) {
    const text = card.textContent.toLowerCase();
    const available = card.dataset['available'] === 'true';
    const fits = words.every((word) => text.includes(word));
    card.hidden = !fits || (state !== '' && (state === 'available') !== available);
    if (!card.hidden) visible += 1;
  }
  const all = cards().length;
  shown.textContent = visible === all ? `${all} in all` : `${visible} of ${all}`;
  const none = find('#no-match', HTMLElement);
  if (none) none.hidden = all === 0 || visible > 0;
}

function cards(): HTMLLIElement[] {
  return findAll('li[data-name]', HTMLLIElement, list);
}
