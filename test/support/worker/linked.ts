/** Two ends of one channel within a process; what goes through is copied, as between processes. */
import type { Link } from '../../../server/worker/remote/peer.ts';

type End = Link & { hear(message: unknown): void; end(): void };

function createEnd(): End & { other: End | null } {
  const listeners: ((message: unknown) => void)[] = [];
  const enders: (() => void)[] = [];
  const waiting: unknown[] = [];
  let ended = false;
  const end: End & { other: End | null } = {
    other: null,
    send(message) {
      const copy: unknown = structuredClone(message);
      setImmediate(() => end.other?.hear(copy));
    },
    hear(message) {
      if (ended) return;
      if (listeners.length === 0) waiting.push(message);
      for (const listener of listeners) listener(message);
    },
    onMessage(listener) {
      listeners.push(listener);
      for (const message of waiting.splice(0)) listener(message);
    },
    onEnd: (listener) => void enders.push(listener),
    end() {
      if (ended) return;
      ended = true;
      for (const ender of enders) ender();
    },
  };
  return end;
}

/** @returns both ends, and what cuts the line between them */
export function linkedEnds(): { here: Link; there: Link; cut(): void } {
  const [here, there] = [createEnd(), createEnd()];
  here.other = there;
  there.other = here;
  return {
    here,
    there,
    cut() {
      here.end();
      there.end();
    },
  };
}
