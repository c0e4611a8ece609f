/** A queue handler whose runs end when the test says so. */
export function createHandler() {
  const started: string[] = [];
  const open = new Map<string, PromiseWithResolvers<void>>();
  let wake = Promise.withResolvers<void>();

  function handle(runId: string): Promise<void> {
    started.push(runId);
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
    finish: (runId: string) => open.get(runId)?.resolve(),
    fail: (runId: string) => open.get(runId)?.reject(new Error(`${runId} failed`)),
  };
}
