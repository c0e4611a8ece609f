/** The accounting of a container of an engine on this machine: the kernel's own files. */
import { existsSync } from 'node:fs';
import { findCgroups, haltAll, limitSockets, readUsage } from '../cgroups/cgroup.ts';
import type { Accounting } from './container.ts';
import { asking } from './errors.ts';

export const byCgroups: Accounting = async ({ container, spec }) => {
  const { State } = await asking(() => container.inspect());
  const cgroups = State.Pid > 0 ? await findCgroups(State.Pid) : null;
  // Its agent has started nothing yet.
  if (cgroups) limitSockets(cgroups, spec.policy.socketBytes);
  return {
    usage: async () => (cgroups ? readUsage(cgroups, !existsSync(`/proc/${State.Pid}`)) : null),
    halt: async () => cgroups !== null && haltAll(cgroups),
  };
};
