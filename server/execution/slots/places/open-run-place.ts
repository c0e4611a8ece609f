/** Makes the folders of one run where its containers see them. */
import type { Volumes } from '../../../ports/engine/volumes.ts';
import { fillTask } from '../task-files.ts';
import type { PlaceRequest, RunPlace } from './run-place.ts';
import { openVolumePlace } from './volume-place.ts';
import { openWorkspace } from './workspace.ts';

/** @param volumes null: on this machine, below the runs folder */
export async function openRunPlace(
  volumes: Volumes | null,
  runsFolder: string,
  request: PlaceRequest,
): Promise<RunPlace> {
  if (volumes !== null) return await openVolumePlace(volumes, request);
  const { id, limits, owner } = request;
  const workspace = await openWorkspace(runsFolder, id, limits, request.hosts, owner);
  const { task, student, studentInTask, hosts, linePath, studentBytes } = workspace;
  return {
    task,
    student,
    studentInTask,
    hosts,
    linePath,
    studentBytes,
    reports: false,
    fill: (taskFolder) => fillTask(workspace, taskFolder),
    isFull: (place) => workspace.isFull(place),
    left: () => ({ task, student }),
    [Symbol.asyncDispose]: () => workspace[Symbol.asyncDispose](),
  };
}
