/**
 * The network of runs whose task asks for one: a bridge of Gradeport's own on which containers do not reach each other.
 * On the engine's default bridge two students' runs could. One network serves all runs; it stays on the engine.
 */
import type Docker from 'dockerode';
import { z } from 'zod';
import { GradeportError } from '../../rules/errors.ts';
import { asking } from './errors.ts';

export const RUN_NETWORK = 'gradeport-runs';
const APART = 'com.docker.network.bridge.enable_icc';

const networkSchema = z.object({ Name: z.string(), Options: z.record(z.string(), z.string()).nullish() });

let making: Promise<void> | null = null;

/** Looks each time: somebody may have removed it, or made one of that name that does not keep containers apart. */
export async function readyRunNetwork(docker: Docker): Promise<void> {
  const found = await look(docker);
  if (found === null) {
    making ??= make(docker).finally(() => {
      making = null;
    });
    await making;
  }
  if (found !== null && found.Options?.[APART] !== 'false') {
    throw new GradeportError(
      'conflict',
      `The engine's network "${RUN_NETWORK}" lets containers reach each other. Remove it: docker network rm ${RUN_NETWORK}`,
    );
  }
}

async function look(docker: Docker): Promise<z.infer<typeof networkSchema> | null> {
  const filters = { name: [RUN_NETWORK] };
  const list = z.array(networkSchema).parse(await asking(() => docker.listNetworks({ filters })));
  return list.find(({ Name }) => Name === RUN_NETWORK) ?? null;
}

async function make(docker: Docker): Promise<void> {
  // The engine takes two networks of one name, but not of one bridge.
  const options = { [APART]: 'false', 'com.docker.network.bridge.name': RUN_NETWORK };
  const order = { Name: RUN_NETWORK, Driver: 'bridge', CheckDuplicate: true, Options: options };
  await asking(() => docker.createNetwork(order)).catch(async (error: unknown) => {
    // Another process was quicker.
    if ((await look(docker)) === null) throw error;
  });
}
