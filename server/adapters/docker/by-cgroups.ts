/** The accounting of a container of an engine on this machine: the kernel's own files. */
import { existsSync } from 'node:fs';
import { NO_USAGE } from '../../ports/engine/containers.ts';
import { findCgroups, haltAll, limitSockets, readUsage, uncountedIn } from '../cgroups/cgroup.ts';
import type { Accounting } from './container.ts';
import { asking } from './errors.ts';

export const byCgroups: Accounting = async ({ container, spec }) => {
  const { State } = await asking(() => container.inspect());
  const cgroups = State.Pid > 0 ? await findCgroups(State.Pid, container.id) : null;
  const uncounted = uncountedIn(cgroups);
  // Its agent has started nothing yet.
  if (cgroups) limitSockets(cgroups, spec.policy.socketBytes);
  return {
    uncounted,
    usage: async () => {
      const isOver = !existsSync(`/proc/${State.Pid}`);
      return cgroups ? readUsage(cgroups, isOver, uncounted) : { ...NO_USAGE, isOver };
    },
    halt: async () => cgroups !== null && haltAll(cgroups),
  };
};
