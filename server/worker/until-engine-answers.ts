/** The wait of a run for an engine that is away. */
import type { Store } from '../ports/store.ts';
import { needsContainer } from './grade-task.ts';
import type { TaskOfRun } from './task-of-run.ts';

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

type Asked = { store: Pick<Store, 'runs'>; taskOf: TaskOfRun; environments: EngineNews };

/** A quiz never does. The run is looked up only while the engine is away, because that is one more query. */
export async function waitsForEngine(
  { store, taskOf, environments }: Asked,
  runId: string,
): Promise<boolean> {
  if (environments.engine().ok) return false;
  const run = await store.runs.get(runId);
  // One that cannot be found, or read, is concluded when the engine is back.
  const found = run && (await taskOf(run).catch(() => null));
  return !found || needsContainer(found.task);
}
