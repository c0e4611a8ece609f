/** The quickest way to start containers that works here, or the one that the operator asks for, if it works. */
import type { SlotUsers } from '../../ports/engine/slot-users.ts';
import type { Volumes } from '../../ports/engine/volumes.ts';
import type { Way } from '../../ports/engine/way.ts';
import { GradeportError } from '../../rules/errors.ts';
import type { AskedWay, WayName } from '../../rules/ways.ts';

export type Probes = {
  /** Why containers do not see our folders; null: they do. */
  whyNotShared(): Promise<string | null>;
  /** Whether we may start the runtime ourselves. */
  mayStartDirectly(): Promise<boolean>;
  volumes: Volumes;
  /** Of containers that we start ourselves. */
  users: SlotUsers;
};

export async function chooseWay(asked: AskedWay, probes: Probes): Promise<Way> {
  const { volumes, users } = probes;
  if (asked === 'portable') return { name: 'portable', reason: ASKED, volumes, users: null };
  const fault = await probes.whyNotShared();
  if (fault !== null) {
    if (asked === 'local' || asked === 'direct') throw impossible(asked, fault);
    return { name: 'portable', reason: `${fault}, so only the engine's API is used`, volumes, users: null };
  }
  if (asked === 'local' || asked === 'engine')
    return { name: 'local', reason: ASKED, volumes: null, users: null };
  if (await probes.mayStartDirectly()) {
    const reason = asked === 'direct' ? ASKED : 'the quickest: this process may start the runtime itself';
    return { name: 'direct', reason, volumes: null, users };
  }
  if (asked === 'direct') {
    throw impossible(asked, 'it needs an engine of this machine with overlay2, cgroupfs, and crun or runc');
  }
  const reason = 'the engine sees the folders of this machine; only it can start containers here';
  return { name: 'local', reason, volumes: null, users: null };
}

const ASKED = 'the configuration asks for it';

const impossible = (asked: WayName, why: string) =>
  new GradeportError(
    'conflict',
    `The configuration asks for "execution: ${asked}", which does not work here: ${why}. Set it to "auto", or remove it.`,
  );
