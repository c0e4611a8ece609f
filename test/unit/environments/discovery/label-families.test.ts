/** Which label counts where an image carries both families and they differ: the history of the image tells. */
import { describe, expect, test } from 'vitest';
import { createImageLabels } from '../../../../server/adapters/docker/images/image-labels.ts';
import { readLabels } from '../../../../server/environments/discovery/labels.ts';
import { readConfig } from '../../../../server/environments/registries/client/documents.ts';
import { countingLabels, labelsAfter } from '../../../../server/ports/engine/which-labels-count.ts';
import { effortOf } from '../../../support/effort.ts';

const [OURS, THEIRS] = ['org.gradeport.grading.', 'org.inginious.grading.'];
const LABELS = { [`${OURS}name`]: 'gp', [`${THEIRS}name`]: 'ing' };
const CLASSIC = '/bin/sh -c #(nop)  ';
const [OUR_NAME, THEIR_NAME] = [`LABEL ${OURS}name=gp`, `LABEL ${THEIRS}name=ing`];
/** @param commands the oldest first, as a Dockerfile has them */
const steps = (...commands: string[]) => commands.map((command) => ({ command })).reverse();
const counts = (commands: string[], labels: Record<string, string> = LABELS) => {
  const found = countingLabels(labels, steps(...commands));
  return { name: readLabels(found.labels)?.name, why: found.whichLabels };
};
const UNKNOWN = 'because the history of the image does not say which is set last.';

describe('the history decides', () => {
  test.each([
    ['the classic builder', CLASSIC],
    ['BuildKit', ''],
    ['Podman', '/bin/sh -c #(nop) '],
  ])('by the last LABEL step of %s, in both directions', (_, prefix) => {
    const rest = [`${prefix}ENV A=1`, 'RUN /bin/sh -c true # buildkit'];
    expect(counts([`${prefix}${OUR_NAME}`, `${prefix}${THEIR_NAME}`, ...rest])).toEqual({
      name: 'ing',
      why: `The two families of labels differ: ${THEIRS}* counts for name, because it is set last.`,
    });
    expect(counts([`${prefix}${THEIR_NAME}`, `${prefix}${OUR_NAME}`, ...rest])).toEqual({
      name: 'gp',
      why: `The two families of labels differ: ${OURS}* counts for name, because it is set last.`,
    });
  });

  test('by the later of two labels in one step', () => {
    expect(counts([`LABEL ${OURS}name=gp ${THEIRS}name=ing a=b`]).name).toBe('ing');
    expect(counts([`LABEL ${THEIRS}name=ing ${OURS}name=gp a=b`]).name).toBe('gp');
  });

  test('where only the later of the two is known, as on an imported base', () => {
    expect(counts(['', THEIR_NAME]).name).toBe('ing');
  });

  test('key by key: a label that no one set again stays as it was', () => {
    const labels = { ...LABELS, [`${OURS}title`]: 'Ours', [`${THEIRS}title`]: 'Theirs' };
    const history = [`LABEL ${THEIRS}title=Theirs`, `LABEL ${OURS}name=gp ${OURS}title=Ours`, THEIR_NAME];
    const found = countingLabels(labels, steps(...history));
    expect(readLabels(found.labels)).toMatchObject({ name: 'ing', title: 'Ours' });
    expect(found.whichLabels).toBe(
      `The two families of labels differ: ${THEIRS}* counts for name, because it is set last; ${OURS}* counts for title, because it is set last.`,
    );
  });

  test('on whether programs may be root: INGInious’ label means yes, whatever its value', () => {
    const labels = { ...LABELS, [`${OURS}need_root`]: '0', [`${THEIRS}need_root`]: '' };
    const found = countingLabels(labels, steps(`LABEL ${OURS}need_root=0`, `LABEL ${THEIRS}need_root=`));
    expect(readLabels(found.labels)?.needRoot).toBe(true);
  });
});

describe('quotes', () => {
  const value = 'a "b" \\ c=d';
  const labels = { ...LABELS, [`${THEIRS}name`]: value };
  test.each([
    ['left out, as Docker does', `${CLASSIC}LABEL x=1 ${THEIRS}name=${value} y=2`],
    ['around key and value, as Podman does', `LABEL "${THEIRS}name"=${JSON.stringify(value)} "y"="2"`],
    ['around the value', `LABEL ${THEIRS}name=${JSON.stringify(value)}`],
  ])('%s', (_, step) => {
    expect(countingLabels(labels, steps(OUR_NAME, step)).labels).not.toHaveProperty(`${OURS}name`);
  });
});

describe('Gradeport’s label counts where the history', () => {
  test.each([
    ['is empty', []],
    ['has steps of imports', ['', '']],
    ['sets other values than the image has', [OUR_NAME.replace('gp', 'x'), `${THEIR_NAME}2`]],
    [
      'only runs what looks like a label',
      [`RUN /bin/sh -c ${THEIR_NAME} # buildkit`, `|1 A=b ${THEIR_NAME}`],
    ],
    [
      'says a longer key, or one inside a word',
      [`LABEL my${THEIRS}name=ing ${THEIRS}name2=ing a=${THEIRS}name=ing`],
    ],
    ['has a word that only begins like LABEL', [`LABELS ${THEIRS}name=ing`, `label ${THEIRS}name=ing`]],
    ['has the step beyond what is read', [THEIR_NAME, `LABEL a=${'x'.repeat(300_000)}`]],
    ['has more steps than are read', [THEIR_NAME, ...Array.from({ length: 1000 }, () => 'ENV A=1')]],
  ])('%s', (_, history) => {
    expect(counts(history)).toEqual({
      name: 'gp',
      why: `The two families of labels differ: ${OURS}* counts for name, ${UNKNOWN}`,
    });
  });

  test('quotes the other label in a text', () => {
    const history = [THEIR_NAME, `LABEL ${OURS}name=gp ${OURS}description=not ${THEIRS}name=other here`];
    expect(counts(history).name).toBe('gp');
  });
});

test('images whose families agree, or that have one, stay as they are, without a sentence', () => {
  const same = { [`${OURS}name`]: 'x', [`${THEIRS}name`]: ' x ', [`${OURS}title`]: 'only here' };
  expect(countingLabels(same, steps(THEIR_NAME))).toEqual({ labels: same });
});

test('a history made to be slow costs little work', () => {
  const label = ` ${OURS}name=`;
  const value = label.repeat(20).trim();
  const labels = { [`${OURS}name`]: value, [`${THEIRS}name`]: 'x' };
  const step = `LABEL${label.repeat(40_000)}`;
  const slow = steps(...Array.from({ length: 2000 }, () => step));
  expect(effortOf(() => countingLabels(labels, slow))).toBeLessThan(30);
});

test('a Dockerfile’s own labels come after those it inherits, in their order', () => {
  const [ours, theirs] = [
    { key: `${OURS}name`, value: 'gp' },
    { key: `${THEIRS}name`, value: 'ing' },
  ] as const;
  const name = (...own: { key: string; value: string }[]) =>
    readLabels(labelsAfter({ [`${OURS}name`]: 'base' }, own).labels)?.name;
  expect([name(), name(theirs), name(theirs, ours), name(ours, theirs)]).toEqual([
    'base',
    'ing',
    'gp',
    'ing',
  ]);
});

test('the configuration of an image that is not here decides by its own history', () => {
  const config = (history: unknown) =>
    readConfig(Buffer.from(JSON.stringify({ config: { Labels: LABELS }, history }))).labels;
  const created = [{ created_by: OUR_NAME }, { created_by: THEIR_NAME, empty_layer: true }];
  expect(readLabels(config(created))?.name).toBe('ing');
  expect(readLabels(config(created.toReversed()))?.name).toBe('gp');
  expect(readLabels(config([...created, { created_by: 7 }]))?.name).toBe('ing');
  for (const strange of [undefined, null, 'x', [1], {}]) expect(config(strange)).toEqual(LABELS);
});

describe('the engine', () => {
  test('is asked for a history once for each image that carries both families and differs', async () => {
    const asked: string[] = [];
    const labels = createImageLabels(async (image) => {
      asked.push(image);
      return [{ command: THEIR_NAME, size: 0, createdMs: 0 }];
    });
    expect(await labels.of('plain', { [`${OURS}name`]: 'gp' })).toEqual({
      labels: { [`${OURS}name`]: 'gp' },
    });
    expect(await labels.of('none', null)).toEqual({ labels: {} });
    for (let times = 0; times < 3; times++) {
      expect((await labels.of('both', LABELS)).labels).not.toHaveProperty(`${OURS}name`);
    }
    expect(asked).toEqual(['both']);
  });

  test('remembers the answers of so many images, the oldest goes first', async () => {
    const asked: string[] = [];
    const labels = createImageLabels(async (image) => {
      asked.push(image);
      return [];
    });
    for (let at = 0; at <= 500; at++) await labels.of(String(at), LABELS);
    await labels.of('500', LABELS);
    expect(asked).toHaveLength(501);
    await labels.of('0', LABELS);
    expect(asked).toHaveLength(502);
  });

  test('that has lost the image, or does not answer, hides no other image, and is asked again', async () => {
    const gone = Object.assign(new Error('x'), { statusCode: 404 });
    const answers = [Promise.reject(gone), Promise.reject(new Error('away')), steps(THEIR_NAME)];
    const labels = createImageLabels(async () =>
      ((await answers.shift()) ?? []).map((step) => ({ ...step, size: 0, createdMs: 0 })),
    );
    for (let times = 0; times < 2; times++)
      expect(readLabels((await labels.of('both', LABELS)).labels)?.name).toBe('gp');
    expect(readLabels((await labels.of('both', LABELS)).labels)?.name).toBe('ing');
  });
});
