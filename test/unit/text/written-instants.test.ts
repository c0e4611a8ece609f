import { expect, test } from 'vitest';
import { readInstants } from '../../../server/text/written-instants.ts';

test.each([
  ['2026-09-14 08:00:00 Z', [Date.UTC(2026, 8, 14, 8)]],
  ['2026-09-14T08:00+02:00', [Date.UTC(2026, 8, 14, 6)]],
  ['14/09/2026', [new Date(2026, 8, 14).getTime()]],
  ['/2026-09-14 08:00:00Z', [null, Date.UTC(2026, 8, 14, 8)]],
  ['', [null]],
  ['2026-06-31', null],
  ['2026-01-01/soon', null],
])('"%s"', (text, instants) => expect(readInstants(text)).toEqual(instants));
