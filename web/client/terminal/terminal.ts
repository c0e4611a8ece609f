/** A terminal on the page of a run: joined when it is waiting or open, and again after every reconnection. */
import type { RunStep } from '../../events.ts';
import type { LiveSocket } from '../live/live-socket.ts';
import { findAll, need } from '../shared/dom.ts';
import { t } from '../shared/messages.ts';
import { createKeys } from './terminal-keys.ts';
import { openScreen, type TerminalScreen } from './terminal-screen.ts';

type Step = Extract<RunStep, { type: 'terminal' }>;

const JOIN_MS = 5000;
const TICK_MS = 1000;
/** The characters of the keys below the terminal. */
const KEYS: Record<string, string> = {
  esc: '\x1b',
  tab: '\t',
  up: '\x1b[A',
  down: '\x1b[B',
  left: '\x1b[D',
  right: '\x1b[C',
};

export function createTerminal(section: HTMLElement, run: string, socket: LiveSocket) {
  const part = <T extends HTMLElement>(selector: string, kind: abstract new () => T): T =>
    need(selector, kind, section);
  const [place, note, clock] = [
    part('#terminal', HTMLElement),
    part('#terminal-note', HTMLElement),
    part('#terminal-clock', HTMLElement),
  ];
  const finish = part('#terminal-finish', HTMLButtonElement);
  let screen: TerminalScreen | null = null;
  let isOver = true;
  let endsAt = 0;
  let ticking = 0;
  let control = false;

  const send = createKeys((keys) => socket.emit('terminal:keys', { run, keys }));
  const ctrl = part('[data-key="ctrl"]', HTMLButtonElement);

  function setControl(on: boolean): void {
    control = on;
    ctrl.setAttribute('aria-pressed', String(on));
  }

  function keys(typed: string): void {
    if (isOver) return;
    send(control && typed.length === 1 ? withControl(typed) : typed);
    setControl(false);
  }

  function show(): TerminalScreen {
    section.hidden = false;
    screen ??= openScreen(place, {
      keys,
      resized: (size) => socket.emit('terminal:size', { run, ...size }),
      leave: () => finish.focus(),
    });
    return screen;
  }

  async function join(): Promise<void> {
    const shown = show();
    const answer = await socket.timeout(JOIN_MS).emitWithAck('terminal:join', { run, ...shown.size() });
    if (!answer.ok) return;
    const { value } = answer;
    shown.reset();
    shown.write(new Uint8Array(value.screen));
    shown.setWritable(value.writable);
    for (const button of findAll('button', HTMLButtonElement, section)) button.hidden = !value.writable;
    note.textContent = value.writable ? '' : t('live.terminalOfStudent');
    if (value.endsInMs !== null) endsAt = Date.now() + value.endsInMs;
    tick();
    if (value.writable && document.activeElement === document.body) shown.focus();
  }

  function tick(): void {
    clearInterval(ticking);
    if (isOver) return;
    const left = () => Math.max(0, Math.round((endsAt - Date.now()) / 1000));
    const tell = () => {
      const time = `${Math.floor(left() / 60)}:${String(left() % 60).padStart(2, '0')}`;
      clock.textContent = t('live.timeLeft', { time });
    };
    tell();
    ticking = setInterval(tell, TICK_MS);
  }

  function over(): void {
    isOver = true;
    tick();
    if (!screen) return;
    screen.close();
    clock.textContent = '';
    note.textContent = t('live.terminalClosed');
    for (const button of findAll('button', HTMLButtonElement, section)) button.hidden = true;
  }

  const joinAgain = () => {
    if (!isOver) void join().catch(() => {});
  };
  socket.on('connect', joinAgain);
  socket.on('terminal:output', (id, bytes, taken) => {
    if (id !== run || !screen) taken();
    else screen.write(new Uint8Array(bytes), taken);
  });
  finish.addEventListener('click', () => socket.emit('terminal:finish', { run }));
  part('#terminal-reader', HTMLInputElement).addEventListener('change', ({ target }) => {
    if (target instanceof HTMLInputElement) screen?.setReadable(target.checked);
  });
  for (const button of findAll('[data-key]', HTMLButtonElement, section)) {
    button.addEventListener('click', () => {
      const key = button.dataset['key'] ?? '';
      if (key === 'ctrl') setControl(!control);
      else keys(KEYS[key] ?? '');
      screen?.focus();
    });
  }

  return {
    apply({ state, endsAt: at }: Step): void {
      if (at !== null) endsAt = Date.parse(at);
      if (state === 'closed') over();
      else if (isOver) {
        isOver = false;
        joinAgain();
      } else tick();
    },
  };
}

/** Ctrl with a letter sends the letter's position in the alphabet. */
function withControl(letter: string): string {
  const code = letter.toUpperCase().charCodeAt(0);
  return code >= 64 && code < 96 ? String.fromCharCode(code - 64) : letter;
}
