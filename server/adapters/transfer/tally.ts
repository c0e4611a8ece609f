/** Count and checksum of documents, whatever order they come in and however a store writes them. */
import { createHash } from 'node:crypto';

export type Count = {
  documents: number;
  /** The SHA-256 of each document's canonical JSON, added up modulo 2^256, in hex. */
  checksum: string;
};
export type Tally = { add(doc: unknown): void; count(): Count };

const MODULUS = 1n << 256n;

export function createTally(): Tally {
  let documents = 0;
  let sum = 0n;
  return {
    add(doc) {
      documents += 1;
      const hash = createHash('sha256').update(canonical(doc)).digest('hex');
      sum = (sum + BigInt(`0x${hash}`)) % MODULUS;
    },
    count: () => ({ documents, checksum: sum.toString(16).padStart(64, '0') }),
  };
}

/**
 * JSON with the keys of every object in order and without members that are undefined. Half a surrogate pair, which no
 * UTF-8 can say, counts as the replacement character that MongoDB keeps in its place.
 */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'string') return JSON.stringify(value.toWellFormed());
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  const written = members.map(([key, member]) => `${canonical(key)}:${canonical(member)}`);
  return `{${written.sort().join(',')}}`;
}
