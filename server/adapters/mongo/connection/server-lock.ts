/**
 * One server per database, until workers on many machines share it. The holder counts a beat in its document; a beat
 * that stands still for longer than a lease is a dead holder's. Clocks are not compared, because they may differ.
 */
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { GradeportError } from '../../../rules/errors.ts';
import { isAlive } from '../../../rules/processes.ts';
import { about, type Meta } from '../meta.ts';
import { isDuplicate } from './errors.ts';
import type { Persist } from './persist.ts';

const ID = 'server';
const BEAT_MS = 2000;
const LEASE_MS = 12_000;
const LOOK_MS = 400;
/** When this process started; a second less, because clocks of files and processes do not agree exactly. */
const STARTED = Date.now() - process.uptime() * 1000 - 1000;

const holderSchema = z.object({
  holder: z.string(),
  beat: z.number(),
  pid: z.number(),
  host: z.string(),
  since: z.string(),
});
type Holder = z.infer<typeof holderSchema>;
type LockDeps = { meta: Meta; persist: Persist; processId: string; shown: string; clock: () => number };
export type ServerLock = { isLost(): boolean; release(): Promise<void> };

/** @throws GradeportError "conflict" that names the holder, within two beats */
export async function lockDatabase(deps: LockDeps): Promise<ServerLock> {
  const { meta, persist, processId } = deps;
  while (!(await take(deps))) {
    const holder = await holderOf(deps);
    if (holder === null) continue;
    if (!isGoneHere(holder)) await untilStill(deps, holder);
    await persist(() => meta.deleteOne({ _id: ID, holder: holder.holder, beat: holder.beat }));
  }
  let lost = false;
  const beat = async () => {
    const { matchedCount } = await meta.updateOne({ _id: ID, holder: processId }, { $inc: { beat: 1 } });
    lost ||= matchedCount === 0;
  };
  // The next beat makes up for one that fails.
  const beating = setInterval(() => void beat().catch(() => {}), BEAT_MS).unref();
  return {
    isLost: () => lost,
    async release() {
      clearInterval(beating);
      await meta.deleteOne({ _id: ID, holder: processId }).catch(() => {});
    },
  };
}

async function take({ meta, persist, processId, clock }: LockDeps): Promise<boolean> {
  const since = new Date(clock()).toISOString();
  try {
    await persist(() => meta.insertOne({ _id: ID, holder: processId, beat: 0, since, ...about() }));
    return true;
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    // Our own try may have succeeded although its answer was lost.
    return (await persist(() => meta.findOne({ _id: ID, holder: processId }))) !== null;
  }
}

async function holderOf({ meta, persist }: LockDeps): Promise<Holder | null> {
  const found = await persist(() => meta.findOne({ _id: ID }));
  return found ? holderSchema.parse(found) : null;
}

/** Settles once the holder's beat has stood still for a lease. */
async function untilStill(deps: LockDeps, holder: Holder): Promise<void> {
  const deadline = performance.now() + LEASE_MS;
  while (performance.now() < deadline) {
    await pause(LOOK_MS);
    const now = await holderOf(deps);
    if (now === null || now.holder !== holder.holder) return;
    if (now.beat !== holder.beat) throw inUse(deps.shown, now);
  }
}

function inUse(shown: string, { pid, host, since }: Holder): GradeportError {
  const who = `process ${pid}${host === hostname() ? '' : ` on ${host}`} (since ${since})`;
  const advice = 'Stop it first, or name another database in the store’s address.';
  return new GradeportError('conflict', `The database ${shown} is in use by the server of ${who}. ${advice}`);
}

export const takenOver = (shown: string): GradeportError =>
  new GradeportError(
    'conflict',
    `Another server took over the database ${shown}: this one has stopped writing to it.`,
  );

/** Whether the holder ran on this machine and is gone: then its lease need not run out. */
function isGoneHere({ pid, host, since }: Holder): boolean {
  if (host !== hostname()) return false;
  // In a container each server has the id 1: an earlier one is known by its time.
  return pid === process.pid ? Date.parse(since) < STARTED : !isAlive(pid);
}
