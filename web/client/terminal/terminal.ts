/** A terminal on the page of a run: joined when it is waiting or open, and again after every reconnection. */
import type { RunStep } from '../../events.ts';
import type { LiveSocket } from '../live/live-socket.ts';
import { findAll, need } from '../shared/dom.ts';
import { t } from '../shared/messages.ts';
import { createKeys } from './terminal-keys.ts';
import { KEYS, timeLeft, withControl } from './terminal-policy.ts';
import { openScreen, type TerminalScreen } from './terminal-screen.ts';

type Step = Extract<RunStep, { type: 'terminal' }>;

const JOIN_MS = 5000;
const TICK_MS = 1000;

export function createTerminal(section: HTMLElement, run: string, socket: LiveSocket) {
  const part = <T extends HTMLElement>(selector: string, kind: abstract new () => T): T =>
    need(selector, kind, section);
  const [place, note] = [part('#terminal', HTMLElement), part('#terminal-note', HTMLElement)];
  const clock = createClock(part('#terminal-clock', HTMLElement));
  const finish = part('#terminal-finish', HTMLButtonElement);
  let screen: TerminalScreen | null = null;
  let isOver = true;

  const keyRow = createKeyRow(section, keys, () => screen?.focus());
  const send = createKeys((keys) => socket.emit('terminal:keys', { run, keys }));

  function keys(typed: string): void {
    if (!isOver) send(keyRow.withHeld(typed));
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
    showButtons(section, value.writable);
    note.textContent = value.writable ? '' : t('live.terminalOfStudent');
    if (value.endsInMs !== null) clock.set(Date.now() + value.endsInMs);
    if (!isOver) clock.start();
    if (value.writable && document.activeElement === document.body) shown.focus();
  }

  function over(): void {
    isOver = true;
    if (!screen) return;
    clock.stop();
    screen.close();
    note.textContent = t('live.terminalClosed');
    showButtons(section, false);
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

  return {
    apply({ state, endsAt: at }: Step): void {
      if (at !== null) clock.set(Date.parse(at));
      if (state === 'closed') over();
      else if (isOver) {
        isOver = false;
        joinAgain();
      } else clock.start();
    },
  };
}

/** Shows the time left, each second. */
function createClock(face: HTMLElement) {
  let endsAt = 0;
  let ticking = 0;
  const show = (): void => {
    face.textContent = t('live.timeLeft', { time: timeLeft(endsAt, Date.now()) });
  };
  return {
    set(at: number): void {
      endsAt = at;
    },
    start(): void {
      clearInterval(ticking);
      show();
      ticking = setInterval(show, TICK_MS);
    },
    stop(): void {
      clearInterval(ticking);
      face.textContent = '';
    },
  };
}

/** The keys below the terminal. Ctrl holds for the next key, also for one of the keyboard. */
function createKeyRow(section: HTMLElement, typed: (keys: string) => void, pressed: () => void) {
  const ctrl = need('[data-key="ctrl"]', HTMLButtonElement, section);
  let isHeld = false;
  function hold(on: boolean): void {
    isHeld = on;
    ctrl.setAttribute('aria-pressed', String(on));
  }
  for (const button of findAll('[data-key]', HTMLButtonElement, section)) {
    button.addEventListener('click', () => {
      const key = button.dataset['key'] ?? '';
      if (key === 'ctrl') hold(!isHeld);
      else typed(KEYS[key] ?? '');
      pressed();
    });
  }
  return {
    /** Adds Ctrl where it is held, and releases it. */
    withHeld(keys: string): string {
      const sent = isHeld ? withControl(keys) : keys;
      hold(false);
      return sent;
    },
  };
}

function showButtons(section: HTMLElement, shown: boolean): void {
  for (const button of findAll('button', HTMLButtonElement, section)) button.hidden = !shown;
}
