/** The page of an environment, live: changed parts are taken from the page itself, fetched again. */

import { connect } from '../live/live-socket.ts';
import { findAll, need } from '../shared/dom.ts';
import { settle } from '../shared/localise-times.ts';
import { t } from '../shared/messages.ts';

const live = need('#live', HTMLElement);

const socket = connect();
socket.on('connect', () => {
  socket.emit('environments:join', (answer) => {
    setLive(answer.ok ? t('live.live') : answer.error, answer.ok);
    // Changes may have happened since the page was made, or while the connection was away.
    if (answer.ok) void look();
  });
});
socket.on('environments', () => void look());
socket.on('disconnect', () => setLive(t('live.reconnecting'), false));
socket.on('connect_error', () => setLive(t('live.notLive'), false));
// Parts that could not be replaced while the user was busy with them.
document.addEventListener('focusout', () => {
  if (missed) void look();
});

function setLive(text: string, on: boolean): void {
  live.textContent = text;
  live.classList.toggle('is-on', on);
  live.hidden = false;
}

let looking = false;
let again = false;
let missed = false;

/** Updates come in bursts: one more request after the last is enough. */
async function look(): Promise<void> {
  again = looking;
  if (looking) return;
  looking = true;
  try {
    await refresh();
  } catch {
    // The next change, or the next connection, tries again.
  } finally {
    looking = false;
    if (again) void look();
  }
}

async function refresh(): Promise<void> {
  const response = await fetch(location.pathname, { headers: { accept: 'text/html' } });
  if (!response.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  settle(page);
  missed = false;
  for (const part of findAll('[data-live]', HTMLElement)) {
    const fresh = need(`[data-live="${part.dataset['live']}"]`, HTMLElement, page);
    if (fresh.innerHTML === part.innerHTML) continue;
    // Parts must not move while the user is about to press something.
    if (part.contains(document.activeElement)) missed = true;
    else part.replaceChildren(...fresh.childNodes);
  }
}
