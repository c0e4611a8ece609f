/** The page of a run that is not over yet: follows it to its verdict. */
import type { RunStep } from '../../events.ts';
import { need } from '../shared/dom.ts';
import { connect } from './live-socket.ts';
import { followRun } from './run-feed.ts';
import { createRunPage } from './run-page.ts';

type TerminalStep = Extract<RunStep, { type: 'terminal' }>;

export function followPage(): void {
  const root = need('#run', HTMLElement);
  const page = createRunPage(root);
  const socket = connect();
  const run = root.dataset['run'] ?? '';

  /** Loaded when a run has a terminal: few have, and it is larger than all the rest. */
  let terminal: Promise<{ apply(step: TerminalStep): void }> | null = null;

  async function openTerminal() {
    const { createTerminal } = await import('../terminal/terminal.ts');
    return createTerminal(need('#terminal-section', HTMLElement, root), run, socket);
  }

  function toTerminal(step: TerminalStep): void {
    terminal ??= openTerminal();
    void terminal.then(({ apply }) => apply(step));
  }

  page.clear();
  const stop = followRun(
    run,
    {
      step(step) {
        if (step.type === 'terminal') toTerminal(step);
        else page.apply(step);
        if (step.type === 'done') stop();
      },
      restart: page.clear,
      state: page.state,
      over: () => location.reload(),
      connection: page.connection,
    },
    socket,
  );
}
