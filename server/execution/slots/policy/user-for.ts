/** The user of this machine that the programs of a slot are. */
import type { Placement } from '../../../environments/discovery/placement.ts';
import type { SlotUser, SlotUsers } from '../../../ports/engine/slot-users.ts';

/** Containers that only the engine can start are as it makes them: their programs are user 4242 of the machine. */
export const userFor = async (
  { environment, runtime, traits, asRoot, network }: Placement,
  users: SlotUsers | null,
): Promise<SlotUser | null> =>
  users === null || !traits.sharedKernel || asRoot || network || environment.needGpu
    ? null
    : await users.take(runtime);
