import { describe, expect, test } from 'vitest';
import { interleave, type Sampler, turned } from '../../../../bench/report/interleave.ts';

const open = () => new AbortController().signal;

/** Samplers that write down in which order they were asked. */
function recorded(names: readonly string[]) {
  const asked: string[] = [];
  const samplers = names.map(
    (name): Sampler => ({
      name,
      async sample() {
        asked.push(name);
        return { [name]: asked.length };
      },
    }),
  );
  return { asked, samplers };
}

describe('samples are taken in turn', () => {
  test('each round has all, and begins with another one', async () => {
    const { asked, samplers } = recorded(['a', 'b', 'c']);
    await interleave(samplers, { samples: 3, warmUp: 0, signal: open() });
    expect(asked.join('')).toBe('abcbcacab');
    expect(turned([], 5)).toEqual([]);
  });

  test('rounds to warm up do not count', async () => {
    const { asked, samplers } = recorded(['a', 'b']);
    const { values } = await interleave(samplers, { samples: 4, warmUp: 2, signal: open() });
    expect(asked).toHaveLength(12);
    expect(values.get('a')).toHaveLength(4);
    expect(Math.min(...(values.get('a') ?? []))).toBeGreaterThan(4);
  });

  test('what is done before a sample is done each time', async () => {
    let prepared = 0;
    const sampler: Sampler = {
      name: 'a',
      prepare: async () => {
        prepared += 1;
      },
      sample: async () => ({ a: prepared }),
    };
    const { values } = await interleave([sampler], { samples: 3, warmUp: 1, signal: open() });
    expect(values.get('a')).toEqual([2, 3, 4]);
  });
});

describe('a sampler that fails', () => {
  test('takes nothing from the others and leaves no half measure', async () => {
    const { samplers } = recorded(['good']);
    let count = 0;
    const bad: Sampler = {
      name: 'bad',
      async sample() {
        count += 1;
        if (count === 3) throw new Error('the engine is gone\nwith a stack');
        return { bad: count, worse: count };
      },
    };
    const { values, failed } = await interleave([...samplers, bad], { samples: 5, signal: open() });
    expect(values.get('good')).toHaveLength(5);
    expect([...values.keys()]).toEqual(['good']);
    expect(failed.get('bad')).toBe('the engine is gone');
    expect(count).toBe(3);
  });

  test('is no failure when a person stopped it all', async () => {
    const controller = new AbortController();
    const sampler: Sampler = {
      name: 'a',
      async sample() {
        controller.abort(new Error('stopped'));
        throw new Error('a child process was ended');
      },
    };
    await expect(interleave([sampler], { samples: 5, signal: controller.signal })).rejects.toThrow('stopped');
  });
});
