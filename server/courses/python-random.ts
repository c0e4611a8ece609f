/**
 * The numbers that Python's `random.Random("text")` draws. INGInious shuffles choices and makes "@random" with it.
 * Sources: M. Matsumoto and T. Nishimura, "Mersenne Twister" (1998; MT19937 with init_by_array, 2002), and Python's
 * documentation and behaviour of seed version 2: the seed is the text's UTF-8 with its SHA-512 behind it, read as
 * one big-endian number.
 */
import { createHash } from 'node:crypto';

export type PythonRandom = {
  /** In [0, 1), with 53 bits. */
  random(): number;
  /** An integer of up to 32 bits. */
  bits(count: number): number;
  /** Shuffles in place, as Python's `shuffle` does. */
  shuffle<T>(items: T[]): T[];
};

const WORDS = 624;
const SHIFT = 397;

export function pythonRandom(seed: string): PythonRandom {
  const state = seededBy(wordsOf(seed));
  let next = WORDS;

  function word(): number {
    if (next === WORDS) {
      twist(state);
      next = 0;
    }
    let bits = at(state, next);
    next += 1;
    bits ^= bits >>> 11;
    bits ^= (bits << 7) & 0x9d2c5680;
    bits ^= (bits << 15) & 0xefc60000;
    return (bits ^ (bits >>> 18)) >>> 0;
  }

  const bits = (count: number): number => word() >>> (32 - count);

  /** In [0, limit): draws again when the number is too large, so that all are equally likely. */
  function below(limit: number): number {
    const width = 32 - Math.clz32(limit);
    let drawn = bits(width);
    while (drawn >= limit) drawn = bits(width);
    return drawn;
  }

  return {
    bits,
    random() {
      const high = word() >>> 5;
      const low = word() >>> 6;
      return (high * 2 ** 26 + low) / 2 ** 53;
    },
    shuffle(items) {
      for (let last = items.length - 1; last > 0; last -= 1) {
        const other = below(last + 1);
        const moved = items.splice(last, 1, ...items.slice(other, other + 1));
        items.splice(other, 1, ...moved);
      }
      return items;
    },
  };
}

const at = (words: Uint32Array, index: number): number => words[index] ?? 0;

/** The seed as words of 32 bits, the least significant first; leading zeros do not count. */
function wordsOf(seed: string): Uint32Array {
  const text = Buffer.from(seed);
  const number = Buffer.concat([text, createHash('sha512').update(text).digest()]);
  const padded = Buffer.concat([Buffer.alloc((4 - (number.length % 4)) % 4), number]);
  const words = Uint32Array.from({ length: padded.length / 4 }, (_, index) =>
    padded.readUInt32BE(padded.length - 4 * (index + 1)),
  );
  const top = words.findLastIndex((word) => word !== 0);
  return words.subarray(0, Math.max(1, top + 1));
}

/** "init_by_array": both constants and the order of the two passes are the algorithm's. */
function seededBy(key: Uint32Array): Uint32Array {
  const state = new Uint32Array(WORDS);
  state[0] = 19650218;
  for (let i = 1; i < WORDS; i += 1) state[i] = Math.imul(mixed(at(state, i - 1)), 1812433253) + i;
  let i = 1;
  const step = (value: number): void => {
    state[i] = value;
    i += 1;
    if (i < WORDS) return;
    state[0] = at(state, WORDS - 1);
    i = 1;
  };
  for (let count = 0; count < Math.max(WORDS, key.length); count += 1) {
    const j = count % key.length;
    step((at(state, i) ^ Math.imul(mixed(at(state, i - 1)), 1664525)) + at(key, j) + j);
  }
  for (let count = 1; count < WORDS; count += 1)
    step((at(state, i) ^ Math.imul(mixed(at(state, i - 1)), 1566083941)) - i);
  state[0] = 0x80000000;
  return state;
}

const mixed = (word: number): number => word ^ (word >>> 30);

function twist(state: Uint32Array): void {
  for (let i = 0; i < WORDS; i += 1) {
    const pair = (at(state, i) & 0x80000000) | (at(state, (i + 1) % WORDS) & 0x7fffffff);
    state[i] = at(state, (i + SHIFT) % WORDS) ^ (pair >>> 1) ^ (pair & 1 ? 0x9908b0df : 0);
  }
}
