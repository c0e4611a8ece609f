/** Terminals whose container is beside the worker and whose student is on the other side of the channel. */
import type { ShowTerminal, TerminalLine, TerminalScreen } from '../../ports/terminals.ts';
import { terminalSchemas as schemas } from './messages.ts';
import type { Handlers, Peer } from './peer.ts';

export type Terminals = { of(runId: string): ShowTerminal };
type Speaker = Pick<Peer, 'tell'>;

/** The worker's side: terminals that the host shows. */
export function remoteTerminals(host: () => Speaker): Terminals & { handlers: Handlers } {
  const lines = new Map<number, TerminalLine>();
  let last = 0;

  function show(runId: string, line: TerminalLine, until: number): TerminalScreen {
    last += 1;
    const terminal = last;
    lines.set(terminal, line);
    host().tell('terminal-show', { terminal, runId, until });
    return {
      print: (bytes) => host().tell('terminal-print', { terminal, bytes }),
      opened: (endsAt) => host().tell('terminal-opened', { terminal, endsAt }),
      closed() {
        lines.delete(terminal);
        host().tell('terminal-closed', { terminal });
      },
    };
  }

  return {
    of: (runId) => (line, until) => show(runId, line, until),
    handlers: {
      'terminal-connect'(given) {
        const { terminal, size } = schemas.connect.parse(given);
        lines.get(terminal)?.connect(size);
      },
      'terminal-resize'(given) {
        const { terminal, size } = schemas.resize.parse(given);
        lines.get(terminal)?.resize(size);
      },
      'terminal-type'(given) {
        const { terminal, bytes } = schemas.type.parse(given);
        lines.get(terminal)?.type(bytes);
      },
      'terminal-finish'(given) {
        lines.get(schemas.finish.parse(given).terminal)?.finish();
      },
      'terminal-behind'(given) {
        const { terminal, isBehind } = schemas.behind.parse(given);
        lines.get(terminal)?.behind(isBehind);
      },
    },
  };
}

/** The host's side: shows the terminals to students. */
export function hostedTerminals(worker: () => Speaker, terminals: Terminals): { handlers: Handlers } {
  const screens = new Map<number, TerminalScreen>();

  const lineTo = (terminal: number): TerminalLine => ({
    connect: (size) => worker().tell('terminal-connect', { terminal, size }),
    resize: (size) => worker().tell('terminal-resize', { terminal, size }),
    type: (bytes) => worker().tell('terminal-type', { terminal, bytes }),
    finish: () => worker().tell('terminal-finish', { terminal }),
    behind: (isBehind) => worker().tell('terminal-behind', { terminal, isBehind }),
  });

  return {
    handlers: {
      'terminal-show'(given) {
        const { terminal, runId, until } = schemas.show.parse(given);
        screens.set(terminal, terminals.of(runId)(lineTo(terminal), until));
      },
      'terminal-print'(given) {
        const { terminal, bytes } = schemas.print.parse(given);
        screens.get(terminal)?.print(Buffer.from(bytes));
      },
      'terminal-opened'(given) {
        const { terminal, endsAt } = schemas.opened.parse(given);
        screens.get(terminal)?.opened(endsAt);
      },
      'terminal-closed'(given) {
        const { terminal } = schemas.closed.parse(given);
        screens.get(terminal)?.closed();
        screens.delete(terminal);
      },
    },
  };
}
