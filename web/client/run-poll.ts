/** The state of a run over plain HTTP, every two seconds: for networks that let no live connection through. */
import type { FeedListener } from './run-feed.ts';

const EVERY_MS = 2000;
const FINAL: Record<number, string> = {
  401: 'You are signed out: reload this page to sign in again.',
  403: 'You may not see this run.',
  404: 'This run does not exist any more.',
};

export function pollRun(run: string, listener: FeedListener): () => void {
  let timer = 0;
  let stopped = false;

  async function once(): Promise<void> {
    const response = await fetch(`/api/runs/${encodeURIComponent(run)}`, {
      headers: { accept: 'application/json' },
    });
    const final = FINAL[response.status];
    if (final) {
      stopped = true;
      return listener.connection(final);
    }
    const state = stateOf(await response.json());
    if (stopped) return;
    if (state === 'done') {
      stopped = true;
      listener.over();
    } else if (state) listener.state(state);
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
