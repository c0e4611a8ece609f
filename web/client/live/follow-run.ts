/** The page of an unfinished run: follows it to its verdict. */
import { need } from '../shared/dom.ts';
import { connect } from './live-socket.ts';
import { followRun } from './run-feed.ts';
import { createRunPage, type StepOf } from './run-page.ts';

export function followPage(): void {
  const root = need('#run', HTMLElement);
  const socket = connect();
  const run = root.dataset['run'] ?? '';

  /** Loaded only for a run with a terminal: few have one, and it is larger than all the rest. */
  let terminal: Promise<{ apply(step: StepOf<'terminal'>): void }> | null = null;

  async function openTerminal() {
    const { createTerminal } = await import('../terminal/terminal.ts');
    return createTerminal(need('#terminal-section', HTMLElement, root), run, socket);
  }

  function toTerminal(step: StepOf<'terminal'>): void {
    terminal ??= openTerminal();
    void terminal.then(({ apply }) => apply(step));
  }

  const page = createRunPage(root, toTerminal);
  page.restart();
  followRun(run, page, socket);
}
