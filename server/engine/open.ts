import { openDocker } from './docker.ts';
import { openDockerImages } from './docker-images.ts';
import type { EngineImages } from './images-port.ts';
import type { Engine } from './port.ts';

/** The engine that the configuration names; today there is one kind. */
export const openEngine = (): Engine => openDocker();

/** The same engine, for what travels to and from it. */
export const openEngineImages = (): EngineImages => openDockerImages();
