/**
 * How much work something is, as a multiple of a fixed piece of work done just before. Both are counted in processor
 * time of this process, so a slow or busy machine changes nothing: what guards against inputs that blow up is no clock.
 */
const PIECE = JSON.stringify(
  Array.from({ length: 20_000 }, (_, n) => ({ n, text: `item ${n}`, on: n % 2 === 0 })),
);

/** A multiple of reading and writing 1 MB of JSON four times (about 40 ms on a machine of 2026). */
export function effortOf(work: () => void): number {
  const reference = timeOfReference();
  const before = process.cpuUsage();
  work();
  return processorTimeSince(before) / reference;
}

/** The same of work that waits in between, for nothing but itself. */
export async function effortOfAsync(work: () => Promise<unknown>): Promise<number> {
  const reference = timeOfReference();
  const before = process.cpuUsage();
  await work();
  return processorTimeSince(before) / reference;
}

function timeOfReference(): number {
  const before = process.cpuUsage();
  for (let round = 0; round < 4; round += 1) JSON.stringify(JSON.parse(PIECE));
  return processorTimeSince(before);
}

function processorTimeSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return user + system;
}
