/**
 * Steps of one run as they happen, each exactly once and in order, over any number of reconnections.
 * Where no live connection can be made it asks the API for the state instead.
 */
import type { RunStep } from '../../events.ts';
import { t } from '../shared/messages.ts';
import { connect, type LiveSocket } from './live-socket.ts';
import { type PollListener, pollRun } from './run-poll.ts';

export type FeedListener = PollListener & {
  step(step: RunStep): void;
  /** A new attempt began: the output and reports of the previous one are void. */
  restart(): void;
};

const JOIN_MS = 5000;
const FAILURES_BEFORE_POLLING = 2;

export function followRun(run: string, listener: FeedListener, socket: LiveSocket = connect()): () => void {
  /** The newest step that was shown. */
  let seen = { attempt: 0, after: 0 };
  let failures = 0;
  /** Steps that arrive before the answer to "join" are shown after it. */
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
    const steps = await ask(socket, run, seen);
    if (typeof steps === 'string') return listener.connection(steps);
    failures = 0;
    stopPolling?.();
    stopPolling = null;
    listener.connection(null);
    const all = [...steps, ...held];
    held = null;
    for (const step of all) take(run, step);
  }

  function take(id: string, step: RunStep): void {
    if (id !== run) return;
    if (held) return void held.push(step);
    const { attempt, seq: after } = step;
    if (attempt < seen.attempt || (attempt === seen.attempt && after <= seen.after)) return;
    if (attempt > seen.attempt && seen.after > 0) listener.restart();
    seen = { attempt, after };
    listener.step(step);
    if (step.type === 'done') close();
  }

  socket.on('connect', () => void join().catch(failed));
  socket.on('run:step', take);
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
