/** The state of a run over plain HTTP, every two seconds: for networks that let no live connection through. */

export type PollListener = {
  state(state: string): void;
  /** The run is over: the page itself tells the rest. */
  over(): void;
  /** A sentence about the connection, null when all is well. */
  connection(sentence: string | null): void;
};

const EVERY_MS = 2000;
const FINAL: Record<number, string> = {
  401: 'You are signed out: reload this page to sign in again.',
  403: 'You may not see this run.',
  404: 'This run does not exist any more.',
};

/** @param giveUp told when asking again is of no use, with a sentence for the reader */
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
    listener.connection('No live connection: this page asks every two seconds instead.');
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
