/**
 * Who has a place in the queue's row of workers. A run that waits for a person gives its place back: a few students
 * who think must not keep all others waiting. It goes on where it is, and is not counted again. A run that waits for the
 * engine gives its place back, too: quizzes behind it need no engine. It is queued again once the engine answers.
 */

/** More terminals than this keep their places: their containers take memory, if no processor. */
const MOST_BESIDE = 20;
/** More keep their places, so that the queue fills and refuses submissions as it always does. */
const MOST_WITHOUT_ENGINE = 1000;

export function createWorkPlaces() {
  const leave = new Map<string, () => void>();
  const beside = new Map<string, Promise<void>>();

  return {
    /**
     * Works until the run is over, or waits for a person.
     * @param again called when the work fails after that: whoever gave it has long been told that it is done
     */
    async work(runId: string, job: () => Promise<void>, again: () => void): Promise<void> {
      const left = Promise.withResolvers<'left'>();
      leave.set(runId, () => left.resolve('left'));
      const done = job();
      try {
        if ((await Promise.race([done, left.promise])) !== 'left') return;
      } finally {
        leave.delete(runId);
      }
      const rest = done.catch(again).finally(() => {
        // It may be here again meanwhile.
        if (beside.get(runId) === rest) beside.delete(runId);
      });
      beside.set(runId, rest);
    },
    waitsForPerson(runId: string): void {
      if (beside.size < MOST_BESIDE) leave.get(runId)?.();
    },
    waitsForEngine(runId: string): void {
      if (beside.size < MOST_WITHOUT_ENGINE) leave.get(runId)?.();
    },
    /** Until all that go on beside the queue are over. */
    settled: async (): Promise<void> => {
      await Promise.all(beside.values());
    },
  };
}
