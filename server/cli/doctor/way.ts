/** How containers are started here, and why so. */
import type { Containers } from '../../ports/engine/containers.ts';
import type { WayName } from '../../rules/ways.ts';
import { type Check, fail, ok, sentenceOf } from './check.ts';

const MEANING: Record<WayName, string> = {
  direct: 'Gradeport starts the runtime itself',
  local: 'the engine starts containers, and folders are shared with them',
  portable: 'folders are volumes of the engine, and nothing but its API is used',
};

export async function wayCheck(containers: Pick<Containers, 'way'>): Promise<Check> {
  try {
    const { name, reason } = await containers.way();
    return ok('execution', `${name}: ${MEANING[name]} (${reason}).`);
  } catch (error) {
    return fail('execution', sentenceOf(error), 'In the configuration, set "execution: auto".');
  }
}
