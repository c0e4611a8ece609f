/** Runs without a place: they wait for something else than a processor, and others are handled beside them. */
import type { Turn } from '../ports/queue.ts';

/**
 * A run that waits for a person, or for the engine, gives its place to another one: a few students who think must not
 * keep all others waiting, and quizzes need no engine. More runs at a terminal keep their places, because their
 * containers take memory, though no processor.
 */
const MOST_AT_TERMINALS = 20;
/** Beyond this number runs keep their places, so that the queue fills and refuses submissions as usual. */
const MOST_WITHOUT_ENGINE = 1000;
/** Runs whose containers are slow to start, or say nothing. When they do start, more runs than usual are at work. */
const MOST_LATE = 20;

type Why = 'person' | 'engine' | 'late';
const MOST: Record<Why, number> = {
  person: MOST_AT_TERMINALS,
  engine: MOST_WITHOUT_ENGINE,
  late: MOST_LATE,
};

export function createParking() {
  const parked = new Map<string, Why>();
  return {
    /** @returns whether the run has given its place away */
    park(runId: string, turn: Pick<Turn, 'park'>, why: Why): boolean {
      if (parked.has(runId)) return true;
      if ([...parked.values()].filter((other) => other === why).length >= MOST[why]) return false;
      parked.set(runId, why);
      turn.park();
      return true;
    },
    leave: (runId: string): boolean => parked.delete(runId),
  };
}
