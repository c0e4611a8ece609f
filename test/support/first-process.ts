/** The first process of one of our containers, as this machine sees it, however the container was started. */
import { globSync, readFileSync } from 'node:fs';
import { openClient } from '../../server/adapters/docker/client.ts';
import { INSTANCE_LABEL, ROLE_LABEL } from '../../server/ports/engine/container-labels.ts';
import type { Containers } from '../../server/ports/engine/containers.ts';

export async function containerOf(containers: Containers, instance: string, role: string): Promise<string> {
  const all = await containers.list(INSTANCE_LABEL, instance);
  const id = all.find(({ labels }) => labels[ROLE_LABEL] === role)?.id;
  if (id === undefined) throw new Error(`There is no ${role} container.`);
  return id;
}

/** Its oldest one, where its runtime started it for us; else the engine says it. */
export async function firstProcessOf(id: string): Promise<number> {
  const [procs] = globSync([
    `/sys/fs/cgroup/pids/gradeport/${id}/box/cgroup.procs`,
    `/sys/fs/cgroup/gradeport/${id}/box/cgroup.procs`,
  ]);
  if (procs === undefined) return (await openClient().getContainer(id).inspect()).State.Pid;
  return Math.min(...readFileSync(procs, 'utf8').split('\n').filter(Boolean).map(Number));
}
