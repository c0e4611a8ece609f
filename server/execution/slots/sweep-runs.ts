/** Removes what an earlier process left in a runs folder. */
import { mkdir, rm } from 'node:fs/promises';
import type { Containers } from '../../ports/containers.ts';
import { sweepWorkspaces } from './workspace.ts';

export async function sweepRuns(containers: Pick<Containers, 'way'>, runsFolder: string): Promise<void> {
  // An engine that is away may have had our containers in these folders.
  const volumes = await containers.way().then(
    (way) => way.volumes,
    () => null,
  );
  if (volumes === null) return await sweepWorkspaces(runsFolder);
  // Then no container was ever in it: only what this process and others like it wrote.
  await rm(runsFolder, { recursive: true, force: true });
  await mkdir(runsFolder, { recursive: true, mode: 0o700 });
}
