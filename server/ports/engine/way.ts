/** The way in which an engine's containers are started, and where they get their folders. */
import type { WayName } from '../../rules/ways.ts';
import type { SlotUsers } from './slot-users.ts';
import type { Volumes } from './volumes.ts';

export type Way = {
  name: WayName;
  /** Why it was chosen, as a sentence without its full stop. */
  reason: string;
  /** Where folders of runs are; null: folders of this machine, which the engine sees, too. */
  volumes: Volumes | null;
  /** Users of this machine for slots; null: programs of all slots are the same user, 4242. */
  users: SlotUsers | null;
};
