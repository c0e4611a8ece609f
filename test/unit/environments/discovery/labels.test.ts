import { describe, expect, test } from 'vitest';
import { readLabels } from '../../../../server/environments/discovery/labels.ts';
import { listed } from '../../../support/environments/listed.ts';

const ours = (labels: Record<string, string>) =>
  Object.fromEntries(Object.entries(labels).map(([key, value]) => [`org.gradeport.grading.${key}`, value]));
const image = (id: string, labels: Record<string, string>, created = 0) => ({
  id: `sha256:${id}`,
  tags: [`${id}:latest`],
  labels,
  size: 1,
  created,
});

describe('labels', () => {
  test('without a name an image is none of our business', () => {
    expect(readLabels({})).toBeNull();
    expect(readLabels({ 'org.inginious.grading.need_root': '1' })).toBeNull();
  });

  test.each([
    ['1', true],
    ['', true],
    ['yes', true],
    ['0', false],
    ['false', false],
    ['FALSE', false],
    ['no', false],
    [' No ', false],
    ['off', false],
  ])('need_root=%j is %s', (value, needRoot) => {
    expect(readLabels(ours({ name: 'x', need_root: value }))).toMatchObject({ needRoot });
  });

  test.each([[''], ['1'], ['0'], ['false']])(
    'INGInious’ need_root=%j means yes: it reads no value',
    (value) => {
      const labels = { 'org.inginious.grading.name': 'x', 'org.inginious.grading.need_root': value };
      expect(readLabels(labels)).toMatchObject({ needRoot: true });
      expect(readLabels({ ...labels, ...ours({ need_root: '0' }) })).toMatchObject({ needRoot: false });
    },
  );

  test.each([
    [undefined, true, true],
    ['true', true, true],
    ['1', true, false],
    ['false', false, false],
    ['No', false, false],
  ])('advertise=%j shows ours: %s, INGInious’: %s', (value, shown, shownThere) => {
    const given = value === undefined ? {} : { advertise: value };
    const theirs = { 'org.inginious.grading.name': 'x', 'org.inginious.grading.advertise': value ?? 'true' };
    expect(readLabels(ours({ name: 'x', ...given }))?.advertised).toBe(shown);
    expect(readLabels(theirs)?.advertised).toBe(shownThere);
  });

  test('ports are numbers; what is none is left out', () => {
    expect(readLabels(ours({ name: 'x', ports: '22, 8080,http,0,70000,1e3' }))?.ports).toEqual([22, 8080]);
    expect(readLabels(ours({ name: 'x' }))?.ports).toEqual([]);
  });

  test('ours win over INGInious’ where both are there', () => {
    expect(readLabels({ ...ours({ name: 'new' }), 'org.inginious.grading.name': 'old' })?.name).toBe('new');
  });

  test.each([['2'], ['3'], ['4']])('agent version %s is fine', (version) => {
    expect(
      readLabels({ 'org.inginious.grading.name': 'x', 'org.inginious.grading.agent_version': version })
        ?.fault,
    ).toBeNull();
  });

  test.each([
    ['an empty name', { name: ' ' }, 'empty'],
    ['a name with a slash', { name: '../etc' }, 'only letters'],
    ['a name with HTML', { name: '<img>' }, 'only letters'],
    ['a huge name', { name: 'x'.repeat(10_000) }, 'at most 100'],
    ['an unknown agent version', { name: 'x', agent_version: '99' }, '2, 3 and 4'],
  ])('%s is listed with what is wrong', (_, labels, sentence) => {
    const [environment] = listed([image('a', ours(labels))]);
    expect(environment).toMatchObject({
      available: false,
      runtime: null,
      reason: expect.stringContaining(sentence),
    });
    expect(environment?.name.length).toBeLessThanOrEqual(100);
  });

  test('text for people has no control characters and is bounded', () => {
    const read = readLabels(ours({ name: 'x', title: `a\u001b[2J\u202e${'b'.repeat(9000)}` }));
    for (const character of ['\u001b', '\u202e']) expect(read?.title).not.toContain(character);
    expect(read?.title.length).toBeLessThanOrEqual(500);
  });

  test('aliases are names, too', () => {
    expect(readLabels(ours({ name: 'java', aliases: 'java7, java8,../x,' }))?.aliases).toEqual([
      'java7',
      'java8',
    ]);
  });
});

describe('the list', () => {
  test('an image that cannot be used does not take the name from one that can', () => {
    const list = listed([
      image('old', ours({ name: 'x' }), 1),
      image('new', ours({ name: 'x', need_gpu: '1' }), 2),
    ]);
    expect(list.map(({ image: name, available }) => [name, available])).toEqual([
      ['new:latest', false],
      ['old:latest', true],
    ]);
  });
});

test('an image links our commands when our base says so, and none of INGInious’ labels makes it doubtful', () => {
  const linked = { ...ours({ name: 'x' }), 'org.gradeport.commands': 'linked' };
  expect(readLabels(linked)?.commandsLinked).toBe(true);
  expect(readLabels(ours({ name: 'x' }))?.commandsLinked).toBe(false);
  expect(readLabels({ ...linked, 'org.inginious.grading.agent_version': '3' })?.commandsLinked).toBe(false);
});
