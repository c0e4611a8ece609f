/**
 * Steps of one run as they happen, each exactly once and in order, over any number of reconnections.
 * Where no live connection can be made it asks the API for the state instead.
 */
import type { RunStep } from '../../events.ts';
import { t } from '../shared/messages.ts';
import { connect, type LiveSocket } from './live-socket.ts';
import { pollRun } from './run-poll.ts';

export type FeedListener = {
  step(step: RunStep): void;
  /** A new attempt: what the one before printed and said is void. */
  restart(): void;
  /** Only known while polling. */
  state(state: string): void;
  /** The run is over, but the live log has forgotten it: the page itself tells the rest. */
  over(): void;
  /** A sentence about the connection, null when all is well. */
  connection(sentence: string | null): void;
};

const JOIN_MS = 5000;
const FAILURES_BEFORE_POLLING = 2;

export function followRun(run: string, listener: FeedListener, socket: LiveSocket = connect()): () => void {
  const apply = createOrder(listener);
  let failures = 0;
  /** Steps that arrive while the answer to "join" is on its way belong after it. */
  let held: RunStep[] | null = [];
  let stopPolling: (() => void) | null = null;

  function poll(): void {
    stopPolling ??= pollRun(run, listener, (sentence) => {
      close();
      listener.connection(sentence);
    });
  }

  async function join(): Promise<void> {
    held = [];
    const steps = await ask(socket, run, apply.position());
    if (typeof steps === 'string') return listener.connection(steps);
    failures = 0;
    stopPolling?.();
    stopPolling = null;
    listener.connection(null);
    for (const step of [...steps, ...held]) apply.step(step);
    held = null;
  }

  socket.on('connect', () => void join().catch(failed));
  socket.on('run:step', (id, step) => {
    if (id !== run) return;
    if (held) held.push(step);
    else apply.step(step);
  });
  socket.on('disconnect', () => listener.connection(t('live.connectionLost')));
  socket.on('connect_error', failed);

  function failed(): void {
    failures += 1;
    if (failures >= FAILURES_BEFORE_POLLING || !socket.active) poll();
    else listener.connection(t('live.connectionLost'));
  }

  function close(): void {
    stopPolling?.();
    socket.off();
    socket.disconnect();
  }
  return close;
}

/** The steps not seen yet, or why there are none. */
async function ask(socket: LiveSocket, run: string, seen: { attempt: number; after: number }) {
  const answer = await socket.timeout(JOIN_MS).emitWithAck('run:join', { run, ...seen });
  return answer.ok ? answer.value.steps : answer.error;
}

function createOrder(listener: FeedListener) {
  let attempt = 0;
  let after = 0;
  return {
    position: () => ({ attempt, after }),
    step(step: RunStep): void {
      if (step.attempt < attempt || (step.attempt === attempt && step.seq <= after)) return;
      if (step.attempt > attempt && after > 0) listener.restart();
      attempt = step.attempt;
      after = step.seq;
      listener.step(step);
    },
  };
}
