/** What goes wrong at a step, in the words of the part that fails. */
import { GradeportError } from '../../../server/rules/errors.ts';

/**
 * once: this call alone. while: everything of the part for some seconds. restart: everything of it until a restart.
 * unheard: this call alone, which does its work, and whose answer is lost.
 */
const LASTS = ['once', 'while', 'restart', 'unheard'] as const;
export type Lasts = (typeof LASTS)[number];
export type Case = { step: string; lasts: Lasts };

/** What fails together: the disk of the data folder, the engine, … */
export const partOf = (step: string): string => step.split('.')[0] ?? '';

const WRITES = /\.(insert|update|updateMany|remove|batch|put|settled)\b/;

/** How a step may fail. A store in this process cannot lose an answer, and a clock that jumped stays there for a while. */
export function waysOf(step: string, isStoreAway: boolean): Lasts[] {
  const part = partOf(step);
  if (part === 'clock') return ['while', 'restart'];
  const mayBeUnheard = isStoreAway && part === 'store' && WRITES.test(step);
  return LASTS.filter((lasts) => lasts !== 'unheard' || mayBeUnheard);
}

/** How far a clock jumps. */
const HOUR_MS = 3_600_000;
export const AHEAD = ' ahead';
export const BEHIND = ' behind';
export const jumpOf = (step: string): number => (step.endsWith(BEHIND) ? -HOUR_MS : HOUR_MS);

/** null: this call goes well although its part has a fault, as a reader of a full disk does. */
export function faultOf(step: string, lasts: Lasts): Error | null {
  const part = partOf(step);
  if (part === 'store') return storeFault(step, lasts);
  if (part === 'engine') return engineFault(lasts);
  if (part === 'builds') return diskFault(step, lasts);
  if (part === 'task-files') return lasts === 'restart' ? systemFault('EIO') : systemFault('ENOSPC');
  if (part === 'queue') return new GradeportError('unreachable', 'The queue of this test does not answer.');
  return null;
}

function storeFault(step: string, lasts: Lasts): Error | null {
  if (lasts === 'unheard') return new GradeportError('store-away', 'The database of this test went away.');
  if (lasts === 'once')
    return new GradeportError('busy', 'Another program keeps the database in /data/x busy.');
  if (lasts === 'restart') return systemFault('EIO');
  return WRITES.test(step) ? new GradeportError('no-space', 'The disk that holds /data/x is full.') : null;
}

/** A full disk can still be read. */
function diskFault(step: string, lasts: Lasts): Error | null {
  const writes = /\.(mkdir|rename|rm|writeFile)\b/.test(step);
  if (lasts === 'restart' || (lasts === 'once' && !writes)) return systemFault('EIO');
  return writes ? systemFault('ENOSPC') : null;
}

function engineFault(lasts: Lasts): Error {
  if (lasts === 'once') return new Error('(HTTP code 500) server error - the engine of this test stumbled');
  if (lasts === 'restart') return new GradeportError('unreachable', 'The container engine does not answer.');
  return new Error('(HTTP code 500) server error - mkdir /var/lib/engine/x: no space left on device');
}

const systemFault = (code: 'EIO' | 'ENOSPC'): Error =>
  Object.assign(new Error(`${code}: a disk of this test, write '/data/x'`), { code });
