import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PROJECT_FOLDER } from '../../../../server/config/config.ts';
import { readShipped } from '../../../../server/environments/discovery/shipped.ts';
import { suggestEnvironment } from '../../../../server/environments/discovery/suggest.ts';
import { listed } from '../../../support/environments/listed.ts';

const shipped = await readShipped(join(PROJECT_FOLDER, 'environments'));
const announced = (names: Record<string, string>, aliases = {}) =>
  listed(
    Object.entries(names).map(([name, others]) => ({
      id: `sha256:${name}`,
      tags: [`${name}:latest`],
      labels: { 'org.gradeport.grading.name': name, 'org.gradeport.grading.aliases': others },
      size: 1,
      created: 0,
    })),
    aliases,
  );

describe('a name that leads to no environment', () => {
  test('is no business of teachers when it leads to one', () => {
    expect(suggestEnvironment('java8', announced({ java: 'java8' }), shipped)).toBeNull();
  });

  // The names of INGInious' own images, today's and those of old courses.
  test.each([
    ['java7', 'java'],
    ['java7mockito', 'java'],
    ['java8', 'java'],
    ['java-8', 'java'],
    ['java-21', 'java'],
    ['java-25', 'java'],
    ['pyjavacpp', 'pyjavacpp'],
    ['cpp', 'cpp'],
    ['cpp-gcc8', 'cpp-debian11'],
    ['gcc8', 'cpp-debian11'],
    ['gcc9', 'cpp-debian11'],
    ['python3', 'python3'],
    ['default', 'default'],
  ])('%s is met by the shipped folder %s', (name, folder) => {
    const suggestion = suggestEnvironment(name, [], shipped);
    expect(suggestion).toMatchObject({ build: folder, alias: null });
    expect(suggestion?.sentence).toContain(`gradeport env build ${folder}`);
  });

  test.each([
    ['java-11', 'java'],
    ['python3-keras', 'python3'],
    ['C', 'c'],
    // They promise a judge and Scala, which the image does not have.
    ['java8judge', 'java'],
    ['java8scala', 'java'],
  ])('%s is near %s, which is there', (name, alias) => {
    const there = announced({ java: '', python3: '', c: '' });
    const suggestion = suggestEnvironment(name, there, shipped);
    expect(suggestion).toMatchObject({ build: null, alias });
    expect(suggestion?.sentence).toContain(`aliases: { ${name}: ${alias} }`);
  });

  test('is rather met by what must be built than by what is further away', () => {
    expect(suggestEnvironment('cpp17', announced({ c: '' }), shipped)).toMatchObject({
      build: 'cpp',
      alias: 'cpp',
    });
  });

  test.each(['chess', 'oz', 'ipmininet', '', '../x', '__proto__'])('%j is near nothing', (name) => {
    expect(suggestEnvironment(name, announced({ c: '', java: '' }), shipped)).toMatchObject({
      build: null,
      alias: null,
    });
  });

  test('says when the configuration leads it nowhere', () => {
    const list = announced({ java: 'java8' }, { java8: 'gone' });
    expect(suggestEnvironment('java8', list, shipped)?.sentence).toContain('"gone"');
  });

  test('says why the one that has it cannot be used', () => {
    const [environment] = announced({ gpu: '' });
    if (!environment) throw new Error('none listed');
    const broken = { ...environment, runtime: null, available: false, reason: 'It needs a GPU.' };
    expect(suggestEnvironment('gpu', [broken], shipped)?.sentence).toContain('It needs a GPU.');
  });
});

test('no two shipped environments claim one name', () => {
  const names = shipped.flatMap(({ name, aliases }) => [name, ...aliases]);
  expect(new Set(names).size).toBe(names.length);
});
