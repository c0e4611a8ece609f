import { afterEach, expect, test, vi } from 'vitest';
import { harmless, table, talk } from '../../../../server/cli/ui/terminal.ts';

afterEach(() => vi.restoreAllMocks());

/** Clears the screen, names the window, goes back to the line's beginning, and turns the text around. */
const HOSTILE = 'no \u001b[2Jsuch\u001b]0;x\u0007 image\r\u009b1A \u202egnp';

test('what a registry said in an error moves no cursor of its reader', () => {
  const printed: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
  talk(`gradeport: the engine failed: ${HOSTILE}\n  and a second line`);
  expect(printed.join('')).toBe('gradeport: the engine failed: no such image\n1A gnp\n  and a second line\n');
});

test('data of others cannot turn text around either', () => {
  expect(harmless(HOSTILE)).toBe('no such image\n1A gnp');
});

test('a cell cannot forge a row', () => {
  expect(table(['NAME', 'STATE'], [['a\nb\tc', 'ok']])).toBe('NAME   STATE\na b c  ok');
});
