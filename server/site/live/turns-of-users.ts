/** One piece of work at a time for each user, whatever they ask on how many connections; others go on in between. */
import { setImmediate as others } from 'node:timers/promises';
import { createMutex } from '../../rules/turns.ts';

export type TurnsOfUsers = <T>(userId: string, work: () => Promise<T>) => Promise<T>;

export function createTurnsOfUsers(): TurnsOfUsers {
  const lanes = new Map<string, { inTurn: ReturnType<typeof createMutex>; waiting: number }>();
  return async (userId, work) => {
    const lane = lanes.get(userId) ?? { inTurn: createMutex(), waiting: 0 };
    lanes.set(userId, lane);
    lane.waiting += 1;
    try {
      return await lane.inTurn(async () => {
        await others();
        return work();
      });
    } finally {
      lane.waiting -= 1;
      if (lane.waiting === 0) lanes.delete(userId);
    }
  };
}
