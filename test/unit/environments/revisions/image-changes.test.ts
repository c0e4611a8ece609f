/** What the images in an engine mean for the history: a rule for each way in which they come, move and go. */
import { describe, expect, test } from 'vitest';
import { environmentsOf } from '../../../../server/environments/discovery/environments-of-images.ts';
import {
  changesOf,
  isBroughtBack,
  isNews,
  lostOf,
  newImagesOf,
  presenceOfLost,
  promotionsOf,
} from '../../../../server/environments/revisions/images/image-changes.ts';
import type {
  HistoryState,
  KnownRevision,
} from '../../../../server/environments/revisions/images/on-engine.ts';
import type { Presence } from '../../../../server/model/revision.ts';
import { knownRevision as revision } from '../../../support/environments/known-revision.ts';
import { digestOf } from '../../../support/environments/scripted-engine.ts';
import { kept, TAG } from '../../../support/environments/update.ts';

const AT = '2026-11-20T10:00:00.000Z';
const [A, B] = [digestOf('a'), digestOf('b')];

const history = (
  revisions: KnownRevision[],
  { current, pinned }: { current?: string; pinned?: string } = {},
): HistoryState => ({
  revisions,
  currents: new Map(current === undefined ? [] : [['c', { digest: current, serial: 1 }]]),
  pins: new Map(
    pinned === undefined
      ? []
      : [['x/y', { id: 'x/y', course: 'x', task: 'y', name: 'c', digest: pinned, by: null, at: AT }]],
  ),
});
/** Of digests with their references; "also" are those of images that are not environments. */
const listed = (images: Record<string, string[]>, also: string[] = []) => ({
  engine: 'ONE',
  images: environmentsOf(
    Object.entries(images).map(([id, tags], created) => ({
      id,
      tags,
      labels: { 'org.gradeport.grading.name': 'c' },
      size: 1,
      created,
    })),
    ['runc'],
    {},
  ),
  tags: new Set([...Object.values(images).flat(), ...also]),
});

describe('an image that is listed is', () => {
  const own = [kept(A)];
  const rows: [string, Presence | null, string[], string[], { pinned?: string }, Presence | 'release'][] = [
    ['named, when it has a name of people', 'moved', [TAG], [], {}, 'named'],
    ['named again, when a command threw it away and people bring it back', 'gone', [TAG], [], {}, 'named'],
    ['moved, when its name leads to another image', 'named', own, [TAG], {}, 'moved'],
    ['let go, when people took its name away', 'named', own, [], {}, 'release'],
    [
      'removed, when people took its name away and a task is pinned to it',
      'named',
      own,
      [],
      { pinned: A },
      'removed',
    ],
    ['removed still, when its name leads to something else', 'removed', own, [TAG], {}, 'removed'],
    ['gone still, when a command has not yet taken its name', 'gone', own, [], {}, 'gone'],
    ['moved, when this engine never noted it and only we keep it', null, own, [], {}, 'moved'],
  ];
  test.each(rows)('%s', (_, presence, tags, also, pins, expected) => {
    const state = history([revision('a', { presence })], pins);
    expect(changesOf(state, listed({ [A]: tags }, also))).toMatchObject([{ presence: expected }]);
  });

  test('moved, when people removed it and built its name anew', () => {
    const state = history([revision('a', { presence: 'removed' })]);
    const [change] = changesOf(state, listed({ [A]: [kept(A)], [B]: [TAG] }));
    expect(change).toMatchObject({ presence: 'moved', image: TAG });
  });

  test('news only when something changed', () => {
    const state = history([revision('a')]);
    expect(changesOf(state, listed({ [A]: [TAG] })).filter(isNews)).toEqual([]);
    expect(changesOf(state, listed({ [A]: ['local/c:2'] })).filter(isNews)).toMatchObject([
      { image: 'local/c:2', presence: 'named' },
    ]);
  });
});

describe('an image that is not listed any more', () => {
  test('is lost, unless it was never here or is known to be gone', () => {
    const all = [revision('a'), revision('b', { presence: 'gone' }), revision('d', { presence: null })];
    expect(lostOf(history(all), listed({})).map(({ digest }) => digest)).toEqual([A]);
  });

  const rows: [string, Partial<KnownRevision>, string[], { pinned?: string }, boolean][] = [
    ['comes back, when it graded and its name went to another image', { promotedAt: AT }, [TAG], {}, true],
    ['stays away, when it never graded', {}, [TAG], {}, false],
    ['stays away, when people took its name away', { promotedAt: AT }, [], {}, false],
    ['comes back, when its name was gone before', { promotedAt: AT, presence: 'moved' }, [], {}, true],
    ['comes back, when a task is pinned to it', {}, [], { pinned: A }, true],
  ];
  test.each(rows)('%s', (_, about, tags, pins, expected) => {
    const one = revision('a', about);
    expect(isBroughtBack(history([one], pins), one, new Set(tags))).toBe(expected);
  });

  test('is gone, or stands as it did before it was brought back', () => {
    expect(presenceOfLost('named', false)).toBe('gone');
    expect(presenceOfLost('named', true)).toBe('moved');
    expect(presenceOfLost('removed', true)).toBe('removed');
  });
});

describe('an image that the history does not know', () => {
  test('is new, when it can grade and people gave it a name', () => {
    const images = listed({ [A]: [TAG], [B]: [kept(B)] });
    expect(newImagesOf(history([]), images).map(({ environment }) => environment.digest)).toEqual([A]);
    expect(newImagesOf(history([revision('a')]), images)).toEqual([]);
  });
});

describe('who grades changes', () => {
  const { images } = listed({ [B]: [TAG] });
  const chosen = (state: HistoryState) => promotionsOf(state, images).map(({ digest, why }) => [digest, why]);

  test('to the first image of a name', () => {
    expect(chosen(history([revision('b')]))).toEqual([[B, 'It is the first image of this name.']]);
  });
  test('when the current image left the engine', () => {
    const left = [revision('a', { presence: 'gone' }), revision('b')];
    expect(chosen(history(left, { current: A }))).toEqual([
      [B, 'The one before was taken out of the engine.'],
    ]);
  });
  test('not when another engine has the current image', () => {
    const elsewhere = [revision('a', { presence: null, isElsewhere: true }), revision('b')];
    expect(chosen(history(elsewhere, { current: A }))).toEqual([]);
  });
  test('not when the current image is here', () => {
    expect(chosen(history([revision('b')], { current: B }))).toEqual([]);
  });
});
