/** The state of a run over plain HTTP, every two seconds: for networks that block live connections. */
import { t } from '../shared/messages.ts';

export type PollListener = {
  state(state: string): void;
  /** The run is over: the reloaded page shows the rest. */
  over(): void;
  /** A sentence about a broken connection, null when it works. */
  connection(sentence: string | null): void;
};

const EVERY_MS = 2000;
const FINAL: Record<number, string> = {
  401: t('live.signedOut'),
  403: t('live.notYourRun'),
  404: t('live.runGone'),
};

/** @param giveUp called with a sentence for the reader when more requests are of no use */
export function pollRun(run: string, listener: PollListener, giveUp: (sentence: string) => void): () => void {
  let timer = 0;
  let stopped = false;

  async function once(): Promise<void> {
    const response = await fetch(`/api/runs/${encodeURIComponent(run)}`, {
      headers: { accept: 'application/json' },
    });
    const final = FINAL[response.status];
    const state = final ? null : stateOf(await response.json());
    if (stopped) return;
    if (final) return giveUp(final);
    if (state === null) return;
    listener.connection(t('live.polling'));
    if (state === 'done') listener.over();
    else listener.state(state);
  }

  async function again(): Promise<void> {
    await once().catch(() => {});
    if (!stopped) timer = setTimeout(() => void again(), EVERY_MS);
  }

  void again();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

function stateOf(body: unknown): string | null {
  if (typeof body !== 'object' || body === null || !('state' in body)) return null;
  return typeof body.state === 'string' ? body.state : null;
}
