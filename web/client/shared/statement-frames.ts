/**
 * Texts with scripts of teachers: each in a frame without an origin, which can reach nothing of ours. The text without
 * scripts stays until the frame says how high it is, and comes back when its scripts do not let go.
 */
import { findAll } from './dom.ts';
import { t } from './messages.ts';

/** Beyond it the frame scrolls. */
const MAX_HEIGHT = 20_000;
/** A text that grows says so at most once a frame of the screen; a flood does not end. */
const MAX_MESSAGES = 200;
const WINDOW_MS = 1000;

/** After everything else: a script that never ends would keep the page loading. */
export function showFrames(): void {
  const showAll = () => findAll('[data-frame]', HTMLElement).forEach(show);
  if (document.readyState === 'complete') showAll();
  else addEventListener('load', showAll, { once: true });
}

function show(text: HTMLElement): void {
  const { frame: src = '', frameBase = '/', frameTitle = '' } = text.dataset;
  const frame = document.createElement('iframe');
  frame.classList.add('statement-frame', 'is-waiting');
  frame.title = frameTitle;
  // Set before the address: what is loaded has these rights and no more.
  frame.setAttribute('sandbox', 'allow-scripts');
  frame.allow = '';
  frame.referrerPolicy = 'no-referrer';
  const heard = createCount();
  const hear = ({ source, origin, data }: MessageEvent<unknown>): void => {
    if (source !== frame.contentWindow || origin !== 'null') return;
    if (heard() > MAX_MESSAGES) {
      stop();
      return;
    }
    const height = heightIn(data);
    if (height !== null) grow(height);
    const address = addressIn(data, frameBase);
    // Without a click or a key in the frame, browsers open nothing.
    if (address !== null && navigator.userActivation?.isActive !== false)
      window.open(address, '_blank', 'noopener,noreferrer');
  };
  function grow(height: number): void {
    frame.style.height = `${height}px`;
    frame.classList.remove('is-waiting');
    text.hidden = true;
  }
  function stop(): void {
    removeEventListener('message', hear);
    const note = document.createElement('p');
    note.className = 'notice';
    note.textContent = t('live.statementStopped');
    frame.replaceWith(note);
    text.hidden = false;
  }
  let loaded = 0;
  // The second document is none of ours: its scripts went elsewhere, and found the way closed.
  frame.addEventListener('load', () => {
    loaded += 1;
    if (loaded > 1) stop();
  });
  addEventListener('message', hear);
  frame.src = src;
  text.before(frame);
}

/** Counts its calls within a second. */
function createCount(): () => number {
  let [since, count] = [0, 0];
  return () => {
    const now = performance.now();
    if (now - since > WINDOW_MS) [since, count] = [now, 0];
    count += 1;
    return count;
  };
}

const fieldOf = (data: unknown, name: string): unknown =>
  typeof data === 'object' && data !== null ? Reflect.get(data, name) : undefined;

function heightIn(data: unknown): number | null {
  const height = fieldOf(data, 'height');
  if (typeof height !== 'number' || !(height > 0)) return null;
  return Math.min(Math.ceil(height), MAX_HEIGHT);
}

const MAX_ADDRESS = 2000;

function addressIn(data: unknown, base: string): string | null {
  const written = fieldOf(data, 'open');
  if (typeof written !== 'string' || written.length > MAX_ADDRESS) return null;
  const url = URL.parse(written, new URL(base, location.origin));
  return url !== null && ['http:', 'https:', 'mailto:'].includes(url.protocol) ? url.href : null;
}
