/** Who wants to hear of which run. */
export function createListeners<T>() {
  const byRun = new Map<string, Set<(value: T) => void>>();
  return {
    /** Returns the way to stop. */
    add(runId: string, listener: (value: T) => void): () => void {
      const own = byRun.get(runId) ?? new Set();
      byRun.set(runId, own.add(listener));
      return () => {
        own.delete(listener);
        if (own.size === 0 && byRun.get(runId) === own) byRun.delete(runId);
      };
    },
    tell(runId: string, value: T): void {
      for (const listener of byRun.get(runId) ?? []) listener(value);
    },
    clear: () => byRun.clear(),
  };
}
