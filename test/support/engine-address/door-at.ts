/** A way to the engine for tests: as if these variables were set, and nothing else. */
import { chooseAddress } from '../../../server/adapters/engine-address/choose-address.mjs';
import { type EngineDoor, openDoor } from '../../../server/adapters/engine-address/engine-door.mjs';

export const doorAt = (env: Record<string, string>, home = '/nowhere'): EngineDoor =>
  openDoor(() => chooseAddress({ env, home, uid: 1000, platform: process.platform, isSocket: () => false }));
