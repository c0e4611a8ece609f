import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readMo } from '../../../../server/courses/translations/gettext-mo.ts';
import { moFile } from '../../../support/course-copy.ts';

const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter((each) => !each.includes('\0'));

describe('a gettext catalogue', () => {
  test('gives back what was put in, in either order of bytes', () => {
    fc.assert(
      fc.property(fc.dictionary(text, text, { noNullPrototype: true }), fc.boolean(), (texts, bigEndian) => {
        const read = readMo(moFile(texts, { bigEndian }));
        expect(new Map(read)).toEqual(new Map(Object.entries(texts)));
      }),
    );
  });

  test('is read in the letters that its header names; of plural forms the first counts', () => {
    const file = moFile({ 'one file\0%d files': 'une clé\0%d clés' });
    const latin = moFile({ key: 'clé' }, { charset: 'ISO-8859-1' });
    expect(readMo(file)).toEqual(new Map([['one file', 'une clé']]));
    expect(readMo(latin)).toEqual(new Map([['key', 'clé']]));
  });

  test('that is damaged is none, wherever it is cut or changed, and takes no time', () => {
    const whole = moFile({ Quiz: 'Interro', Old: 'Vieux' });
    expect(readMo(whole.subarray(0, 40))).toBeNull();
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, byte, length) => {
        const changed = Buffer.from(whole);
        changed[at] = byte;
        const read = readMo(changed.subarray(0, length));
        expect(read === null || read.size <= 20_000).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
