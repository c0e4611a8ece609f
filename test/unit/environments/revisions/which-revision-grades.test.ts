/** Who grades under a name, as the history and the images that are there have it. */
import { describe, expect, test } from 'vitest';
import { environmentsOf } from '../../../../server/environments/discovery/environments-of-images.ts';
import type { KnownRevision } from '../../../../server/environments/revisions/images/on-engine.ts';
import { chooseCurrent } from '../../../../server/environments/revisions/which-revision-grades.ts';
import { knownRevision as revision } from '../../../support/environments/known-revision.ts';
import { digestOf } from '../../../support/environments/scripted-engine.ts';

const AT = '2026-11-20T10:00:00.000Z';
/** Of these letters, the first is the newest. */
const images = (...letters: string[]) =>
  environmentsOf(
    letters.map((letter, index) => ({
      id: digestOf(letter),
      tags: [`local/c:${letter}`],
      labels: { 'org.gradeport.grading.name': 'c' },
      size: 1,
      created: 10_000 - index * 1000,
    })),
    ['runc'],
    {},
  );
const [A, B] = [digestOf('a'), digestOf('b')];

describe('who grades', () => {
  const rows: [string, KnownRevision[], string | undefined, string[], string | null | undefined][] = [
    ['no decision: the newest', [], undefined, ['b', 'a'], undefined],
    ['the current one, although a newer one is there', [revision('a'), revision('b')], A, ['b', 'a'], A],
    ['the newest other, once the current one is gone', [revision('a'), revision('b')], A, ['b'], B],
    ['none, when all others are held', [revision('a'), revision('b', { stage: 'held' })], A, ['b'], null],
    ['none, when somebody rolled back from the other', [revision('b', { setAside: true })], A, ['b'], null],
    [
      'not what people took away, although its image is kept',
      [revision('a', { presence: 'removed' }), revision('b')],
      A,
      ['a', 'b'],
      B,
    ],
    [
      'what graded before, rather than what is untested, while another engine has the current one',
      [revision('a', { promotedAt: AT }), revision('b'), revision('d', { isElsewhere: true })],
      digestOf('d'),
      ['b', 'a'],
      A,
    ],
    [
      'what there is, where another engine has the current one and nothing here is tested',
      [revision('b'), revision('d', { isElsewhere: true })],
      digestOf('d'),
      ['b'],
      B,
    ],
    ['an image that is not noted yet, when all that were noted are gone', [revision('a')], A, ['b'], B],
    ['nothing to say when no image is there', [revision('a')], A, [], undefined],
  ];
  test.each(rows)('%s', (_, revisions, current, letters, expected) => {
    expect(chooseCurrent(revisions, current, images(...letters))).toBe(expected);
  });
});
