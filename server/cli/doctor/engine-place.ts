/** Where the engine is, from where that was taken, and how long a question takes there. */
import type { EngineAddress } from '../../adapters/engine-address/choose-address.mjs';
import type { EngineDoor } from '../../adapters/engine-address/engine-door.mjs';
import { pingMs } from '../../adapters/engine-address/ping.mjs';
import { durationText } from '../../text/quantities.ts';
import { harmless } from '../ui/terminal.ts';
import { type Check, ok, sentenceOf, skipped, warn } from './check.ts';

const LOOPBACK = /^(localhost|127(\.\d+){3}|::1)$/;
const QUESTIONS = 3;
/** A run needs a dozen answers of the engine, one after the other, before its first container is warm. */
const SLOW_MS = 250;

export async function placeCheck(door: EngineDoor, answers: boolean): Promise<Check[]> {
  const address = addressOf(door);
  if (address === null) return [];
  const where = sentencesOf(address);
  if (!answers) return [skipped(CHECK, where)];
  try {
    const tookMs: number[] = [];
    for (let asked = 0; asked < QUESTIONS; asked++) tookMs.push(await pingMs(door));
    return [answeringCheck(address, Math.min(...tookMs))];
  } catch (error) {
    return [warn(CHECK, `${where} It stopped answering: ${sentenceOf(error)}`, 'Look again.')];
  }
}

/** Behind a port or ssh the engine may be another machine's. */
export const isHere = (door: EngineDoor): boolean => addressOf(door)?.place.kind === 'socket';

const CHECK = 'engine address';

/** null: what is configured is no address; the check of the engine says so. */
function addressOf(door: EngineDoor): EngineAddress | null {
  try {
    return door.address();
  } catch {
    return null;
  }
}

const sentencesOf = ({ shown, from, note }: EngineAddress): string =>
  harmless(`${shown}, from: ${from}.${note === null ? '' : ` ${note}`}`);

export function answeringCheck(address: EngineAddress, tookMs: number): Check {
  const { place } = address;
  const sentence = `${sentencesOf(address)} It answers in ${durationText(tookMs)}.`;
  if (place.kind === 'tcp' && !LOOPBACK.test(place.host) && !place.tls?.verify) {
    const why = place.tls ? 'Its certificate is not checked' : 'Nothing protects the way there';
    return warn(
      CHECK,
      `${sentence} ${why}: anyone on the network can be root there.`,
      'Use TLS with certificates of both sides, or ssh://: docs/machines.md.',
    );
  }
  return tookMs > SLOW_MS
    ? warn(CHECK, `${sentence} That is slow.`, 'Run Gradeport on a machine near the engine.')
    : ok(CHECK, sentence);
}
