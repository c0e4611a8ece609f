import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findEnvironment } from '../../../../server/environments/discovery/environments-of-images.ts';
import { listed } from '../../../support/environments/listed.ts';

type Labels = Record<string, string>;
const image = (id: string, labels: Labels, created = 0) => ({
  id: `sha256:${id}`,
  tags: [`${id}:latest`],
  labels: Object.fromEntries(
    Object.entries(labels).map(([key, value]) => [`org.gradeport.grading.${key}`, value]),
  ),
  size: 1,
  created,
});
const list = (images: ReturnType<typeof image>[], aliases: Labels = {}) => listed(images, aliases);
const lostBy = (images: ReturnType<typeof image>[], id: string, aliases: Labels = {}) =>
  list(images, aliases).find(({ image: name }) => name === `${id}:latest`)?.lost;

describe('a name that several images claim', () => {
  test('leads to the image whose own name it is, not to one with that alias', () => {
    const images = [image('new', { name: 'java', aliases: 'java8' }, 2), image('own', { name: 'java8' }, 1)];
    expect(findEnvironment(list(images), 'java8')?.image).toBe('own:latest');
    expect(lostBy(images, 'new')).toEqual([
      { name: 'java8', reason: expect.stringMatching(/own:latest.*own name/) },
    ]);
    expect(lostBy(images, 'own')).toEqual([]);
  });

  test('leads to the newer image when both have it as an alias, whatever their names', () => {
    const images = [
      image('a', { name: 'a', aliases: 'gcc8' }, 1000),
      image('b', { name: 'b', aliases: 'gcc8' }, 2000),
    ];
    expect(findEnvironment(list(images), 'gcc8')?.name).toBe('b');
    expect(lostBy(images, 'a')).toEqual([
      { name: 'gcc8', reason: expect.stringContaining('b:latest, which is newer') },
    ]);
  });

  test('is not kept by an image that cannot be used', () => {
    const images = [
      image('gpu', { name: 'x', aliases: 'y', need_gpu: '1' }, 2),
      image('plain', { name: 'z', aliases: 'x' }, 1),
    ];
    expect(findEnvironment(list(images), 'x')?.image).toBe('plain:latest');
    expect(findEnvironment(list(images), 'y')?.image).toBe('gpu:latest');
    expect(lostBy(images, 'gpu')).toEqual([{ name: 'x', reason: expect.stringContaining('NVIDIA') }]);
  });

  test('leads to the same image in whatever order the engine lists them, and to exactly one', () => {
    const names = fc.constantFrom('a', 'b', 'c');
    const images = fc.uniqueArray(
      fc.record({ id: fc.nat(1000), name: names, aliases: fc.array(names), created: fc.nat(2) }),
      { selector: ({ id }) => id, maxLength: 6 },
    );
    const built = images.map((all) =>
      all.map(({ id, name, aliases, created }) =>
        image(`i${id}`, { name, aliases: aliases.join(',') }, created * 1000),
      ),
    );
    fc.assert(
      fc.property(built, fc.dictionary(names, names), (all, aliases) => {
        const forwards = list(all, aliases);
        expect(list([...all].reverse(), aliases)).toEqual(forwards);
        for (const name of ['a', 'b', 'c']) {
          const winners = forwards.filter(
            (one) =>
              [one.name, ...one.aliases].includes(name) && !one.lost.some((lost) => lost.name === name),
          );
          expect(winners.length).toBeLessThanOrEqual(1);
          const claimed = forwards.some((one) => [one.name, ...one.aliases].includes(name));
          if (claimed && !Object.hasOwn(aliases, name)) expect(winners).toHaveLength(1);
        }
      }),
    );
  });
});

describe("the configuration's aliases", () => {
  test('lead to an image by its name or by an alias of its own, and are listed with it', () => {
    const images = [image('java', { name: 'java', aliases: 'java8' })];
    const listed = list(images, { 'java-11': 'java', old: 'java8' });
    expect(findEnvironment(listed, 'java-11')?.name).toBe('java');
    expect(findEnvironment(listed, 'old')?.name).toBe('java');
    expect(listed[0]?.aliases).toEqual(['java8', 'java-11', 'old']);
  });

  test('count before an image of that name, which then says so and stays usable by its other names', () => {
    const images = [
      image('cpp', { name: 'cpp', aliases: 'c++' }, 2),
      image('old', { name: 'cpp-debian11' }, 1),
    ];
    const listed = list(images, { cpp: 'cpp-debian11' });
    expect(findEnvironment(listed, 'cpp')?.image).toBe('old:latest');
    expect(findEnvironment(listed, 'c++')?.image).toBe('cpp:latest');
    expect(lostBy(images, 'cpp', { cpp: 'cpp-debian11' })).toEqual([
      { name: 'cpp', reason: expect.stringContaining("the configuration's aliases: old:latest") },
    ]);
  });

  test('that lead nowhere lead nowhere: no other image grades instead', () => {
    const images = [image('java', { name: 'java', aliases: 'java8' })];
    expect(findEnvironment(list(images, { java8: 'gone' }), 'java8')).toBeNull();
    expect(lostBy(images, 'java', { java8: 'gone' })?.[0]?.reason).toContain('no image');
  });

  test('are not followed twice', () => {
    const images = [image('a', { name: 'a' }), image('b', { name: 'b' })];
    const listed = list(images, { x: 'a', a: 'b' });
    expect(findEnvironment(listed, 'x')?.name).toBe('a');
    expect(findEnvironment(listed, 'a')?.name).toBe('b');
  });
});
