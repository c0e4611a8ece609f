/** What an engine that a test plays says of itself. */
import type { EngineInfo } from '../../server/ports/engine/containers.ts';

export const SCRIPTED_INFO: EngineInfo = {
  id: 'SCRI:PTED',
  name: 'scripted',
  apiVersion: '1.41',
  runtimes: ['runc'],
  cgroupVersion: '2',
  cgroupDriver: 'cgroupfs',
  storageDriver: 'overlay2',
  folder: '/var/lib/scripted',
  clockMs: 0,
  warnings: [],
  cpus: 1,
  memoryBytes: 2 ** 30,
};
