/**
 * Splits the engine's attach stream. Format (Docker Engine API, "attach to a container"): for every
 * chunk an 8-byte header, first byte 1 for stdout and 2 for stderr, last four the length, big-endian.
 */
import type { ContainerOutput } from '../../ports/engine/containers.ts';

const HEADER_BYTES = 8;

/** Returns the function to feed with the stream's chunks, whatever their cuts. */
export function createDemux(output: ContainerOutput): (chunk: Buffer) => void {
  let header = Buffer.alloc(0);
  let remaining = 0;
  let target = 0;
  return (chunk) => {
    let at = 0;
    while (at < chunk.length) {
      if (remaining === 0) {
        const taken = chunk.subarray(at, at + HEADER_BYTES - header.length);
        header = Buffer.concat([header, taken]);
        at += taken.length;
        if (header.length < HEADER_BYTES) return;
        target = header.readUInt8(0);
        remaining = header.readUInt32BE(4);
        header = Buffer.alloc(0);
        continue;
      }
      const payload = chunk.subarray(at, at + remaining);
      at += payload.length;
      remaining -= payload.length;
      if (target === 2) output.stderr(payload);
      else output.stdout(payload);
    }
  };
}
