/** A queue handler whose runs end when the test says so. */
import type { Turn, Whose } from '../../../server/ports/queue.ts';

/** An owner, where it does not matter which one. */
export const ada: Whose = { owner: 'ada', course: 'c1' };

export function createHandler() {
  const started: string[] = [];
  const open = new Map<string, PromiseWithResolvers<void>>();
  const turns = new Map<string, Turn>();
  let wake = Promise.withResolvers<void>();

  function handle(runId: string, turn: Turn): Promise<void> {
    started.push(runId);
    turns.set(runId, turn);
    const ending = Promise.withResolvers<void>();
    open.set(runId, ending);
    wake.resolve();
    wake = Promise.withResolvers<void>();
    return ending.promise;
  }

  /** Resolves once so many were started, ever. */
  async function startedCount(count: number): Promise<string[]> {
    while (started.length < count) await wake.promise;
    return [...started];
  }

  return {
    handle,
    started,
    startedCount,
    park: (runId: string) => turns.get(runId)?.park(),
    again: (runId: string) => turns.get(runId)?.again(),
    finish: (runId: string) => open.get(runId)?.resolve(),
    fail: (runId: string) => open.get(runId)?.reject(new Error(`${runId} failed`)),
  };
}
