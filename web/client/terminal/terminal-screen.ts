/** xterm.js in the colours of the page. The output of a program can draw in it, and do nothing else. */
import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import { t } from '../shared/messages.ts';
import { complyWithPolicy } from './terminal-document.ts';

const SCROLLBACK_LINES = 2000;
const NARROW_PX = 600;

export type TerminalScreen = ReturnType<typeof openScreen>;

export type ScreenListener = {
  keys(keys: string): void;
  resized(size: { columns: number; rows: number }): void;
  /** Called when the reader wants the keyboard back. */
  leave(): void;
};

export function openScreen(place: HTMLElement, listener: ScreenListener) {
  complyWithPolicy();
  const terminal = new Terminal({
    scrollback: SCROLLBACK_LINES,
    fontFamily: colour('--mono') || 'monospace',
    fontSize: innerWidth < NARROW_PX ? 12 : 14,
    cursorBlink: !matchMedia('(prefers-reduced-motion: reduce)').matches,
    theme: {
      background: '#10181a',
      foreground: '#e6edec',
      cursor: '#63cdbf',
      selectionBackground: '#3a5a58',
    },
    minimumContrastRatio: 4.5,
    // A link's text may be misleading: the link opens only after the reader saw its address.
    linkHandler: { activate: (_event, uri) => openLink(uri) },
  });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  terminal.open(place);
  // A student's program must not change titles or read and write the clipboard.
  for (const code of [0, 1, 2, 52]) terminal.parser.registerOscHandler(code, () => true);
  terminal.attachCustomKeyEventHandler((event) => {
    const leaves = event.key === 'Enter' && event.ctrlKey && event.shiftKey;
    if (leaves && event.type === 'keydown') listener.leave();
    return !leaves;
  });
  terminal.onData(listener.keys);
  terminal.onResize(({ cols, rows }) => listener.resized({ columns: cols, rows }));
  const observer = new ResizeObserver(() => fit.fit());
  observer.observe(place);
  fit.fit();

  return {
    size: () => ({ columns: terminal.cols, rows: terminal.rows }),
    write: (bytes: Uint8Array, taken?: () => void) => terminal.write(bytes, taken),
    reset: () => terminal.reset(),
    focus: () => terminal.focus(),
    setWritable(writable: boolean): void {
      terminal.options.disableStdin = !writable;
    },
    setReadable(readable: boolean): void {
      terminal.options.screenReaderMode = readable;
    },
    close(): void {
      observer.disconnect();
      terminal.options.disableStdin = true;
      terminal.options.cursorBlink = false;
    },
  };
}

const colour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function openLink(uri: string): void {
  const isWeb = /^https?:\/\//i.test(uri);
  if (isWeb && confirm(t('live.openLink', { uri }))) open(uri, '_blank', 'noopener,noreferrer');
}
