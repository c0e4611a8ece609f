/**
 * The folders of one run as volumes of the engine: two file systems in its memory, sized like those of workspace.ts. Each
 * is gone with the last container that mounts it; the grading container mounts both, and outlives its student containers.
 */
import { INSTANCE_LABEL, SLOT_LABEL } from '../../../ports/engine/container-labels.ts';
import type { Source } from '../../../ports/engine/container-policy.ts';
import type { Volumes } from '../../../ports/engine/volumes.ts';
import type { PlaceRequest, RunPlace } from './run-place.ts';
import { sendTask } from './send-task.ts';
import { HOSTS, TASK_BYTES, TASK_FILES } from './workspace.ts';

export async function openVolumePlace(
  volumes: Volumes,
  { id, instance, limits, hosts }: PlaceRequest,
): Promise<RunPlace> {
  const labels = { [INSTANCE_LABEL]: instance, [SLOT_LABEL]: id };
  const [task, student] = [`gradeport-${id}-task`, `gradeport-${id}-student`];
  const studentBytes = limits.diskBytes;
  const remove = async () => {
    await Promise.all([volumes.remove(task), volumes.remove(student)]);
  };
  try {
    const made = await Promise.allSettled([
      volumes.makeMemory(task, { bytes: TASK_BYTES, files: TASK_FILES }, labels),
      volumes.makeMemory(student, { bytes: studentBytes, files: limits.diskFiles }, labels),
    ]);
    // Both have been answered now: what is there is removed below.
    for (const one of made) if (one.status === 'rejected') throw one.reason;
    const hostsFile = await hostsIn(volumes, HOSTS + hosts);
    return {
      task: { volume: task },
      student: { volume: student },
      // A volume has one set of options for all who mount it.
      studentInTask: false,
      hosts: hostsFile,
      linePath: () => null,
      studentBytes,
      reports: true,
      fill: (taskFolder, agent) => sendTask(volumes, agent, { taskFolder, studentBytes }),
      isFull: async (place, agent) => agent.isFull(place),
      left: ({ containerId }) => ({
        copyOut: (place, into, limits) =>
          place === 'student'
            ? volumes.copyOut(containerId, '/task/student', into, limits)
            : volumes.copyOut(containerId, '/task', into, { ...limits, unwanted: 'student' }),
      }),
      [Symbol.asyncDispose]: remove,
    };
  } catch (error) {
    await remove().catch(() => {});
    throw error;
  }
}

async function hostsIn(volumes: Volumes, text: string): Promise<Source | null> {
  const volume = await volumes.holding('hosts', { files: { hosts: text } });
  const file = await volumes.fileIn(volume, 'hosts');
  return file === null ? null : { volume, file };
}
