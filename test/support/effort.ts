/**
 * How much work something is, as a multiple of a fixed piece of work done just before. Both are counted in processor
 * time of this process, so a slow or busy machine changes nothing: what guards against inputs that blow up is no clock.
 */
const PIECE = JSON.stringify(
  Array.from({ length: 20_000 }, (_, n) => ({ n, text: `item ${n}`, on: n % 2 === 0 })),
);

/** A multiple of reading and writing 1 MB of JSON four times (about 40 ms on a machine of 2026). */
export function effortOf(work: () => void): number {
  const reference = processorTimeOf(() => {
    for (let round = 0; round < 4; round += 1) JSON.stringify(JSON.parse(PIECE));
  });
  return processorTimeOf(work) / reference;
}

function processorTimeOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}
