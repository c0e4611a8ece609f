import { openDocker } from './docker.ts';
import type { Engine } from './port.ts';

/** The engine that the configuration names; today there is one kind. */
export const openEngine = (): Engine => openDocker();
