/**
 * Waits until the processors are idle. When the engine reports that a container is gone, the kernel still takes
 * its cgroups and mounts apart, for 100 ms and more, and a sample taken then measures that.
 * Format: proc(5), /proc/stat, the line "cpu": user nice system idle iowait irq softirq steal, in ticks of 10 ms.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const WINDOW_MS = 60;
const IDLE_SHARE = 0.85;
/** A machine with other work is never idle: after this it is measured as it is. */
const GIVE_UP_MS = 3000;

function ticks(): { idle: number; all: number } {
  const [, ...fields] = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]?.split(/\s+/) ?? [];
  const numbers = fields.slice(0, 8).map(Number);
  return { idle: (numbers[3] ?? 0) + (numbers[4] ?? 0), all: numbers.reduce((sum, n) => sum + n, 0) };
}

/** @returns whether the processors became idle */
export async function untilIdle(): Promise<boolean> {
  const deadline = performance.now() + GIVE_UP_MS;
  while (performance.now() < deadline) {
    const before = ticks();
    await sleep(WINDOW_MS);
    const after = ticks();
    if (after.idle - before.idle >= IDLE_SHARE * (after.all - before.all)) return true;
  }
  return false;
}
