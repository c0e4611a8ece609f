/** The wait of a run for an engine that is away. */

/** What the catalogue of environments knows of the engine. */
export type EngineNews = {
  engine(): { ok: boolean };
  /** Returns the way to stop listening. */
  onChange(listener: () => void): () => void;
};

/** Ends when the engine answers, or when the signal is aborted: the run was stopped, or the server ends. */
export function untilEngineAnswers(news: EngineNews, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = () => {
    if (news.engine().ok || signal.aborted) resolve();
  };
  const stopListening = news.onChange(look);
  signal.addEventListener('abort', look);
  look();
  return promise.finally(() => {
    stopListening();
    signal.removeEventListener('abort', look);
  });
}
