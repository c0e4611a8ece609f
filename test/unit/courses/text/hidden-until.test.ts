/** What a text hides until a moment is rendered with it, and cut out whenever it is shown. */
import { expect, test } from 'vitest';
import { compileText } from '../../../../server/courses/text/rst.ts';
import { htmlAt } from '../../../../server/courses/text/shown.ts';

const at = (moment: string) => Date.parse(`${moment}T12:00:00Z`);
const flat = (source: string, moment: string) =>
  htmlAt(compileText('rst', source), at(moment)).replace(/>\s+/g, '>').replace(/\s+</g, '<');

const hidden = (from: string, ...lines: string[]) =>
  [`.. hidden-until:: ${from}`, '', ...lines.map((line) => (line === '' ? '' : `   ${line}`)), ''].join('\n');

test('one rendering serves before and after the moment', () => {
  const source = `before\n\n${hidden('2030-01-01', 'the *answer*')}\nafter`;
  expect(flat(source, '2029-12-01')).toBe('<p>before</p><p>after</p>');
  expect(flat(source, '2030-02-01')).toBe('<p>before</p><p>the<em>answer</em></p><p>after</p>');
});

test('what is hidden within something hidden appears last, also if its moment is earlier', () => {
  const inner = (from: string) =>
    hidden('2030-01-01', 'outer', '', ...hidden(from, 'inner').trimEnd().split('\n'));
  expect(flat(inner('2031-01-01'), '2030-06-01')).toBe('<p>outer</p>');
  expect(flat(inner('2031-01-01'), '2031-06-01')).toBe('<p>outer</p><p>inner</p>');
  expect(flat(inner('2029-01-01'), '2029-06-01')).toBe('');
});

test('a moment that is none hides for ever', () => {
  expect(flat(hidden('tomorrow', 'SECRET'), '2999-01-01')).not.toContain('SECRET');
});

test('a text that holds an attribute open around it gains nothing', () => {
  const source = `.. raw:: html\n\n   <a title="\n\n${hidden('2001-01-01', '.. raw:: html', '', '   <b title=\'" onclick="x()\'>B</b>')}\n\n.. raw:: html\n\n   ">link</a>\n`;
  const html = htmlAt(compileText('rst', source), at('2030-01-01'));
  expect(html).not.toMatch(/<[^>]*onclick/);
  expect(html.match(/</g)?.length).toBe(html.match(/>/g)?.length);
});

test('HTML that keeps the sanitiser busy is given up, and shown as it was written', () => {
  const before = process.threadCpuUsage();
  const html = htmlAt(compileText('html', '<b>'.repeat(80_000)), 0);
  expect(process.threadCpuUsage(before).user / 1000).toBeLessThan(3000);
  expect(html.length).toBeLessThanOrEqual(2 ** 20 + 100);
  const long = htmlAt(compileText('html', `<p>${'a '.repeat(200_000)}</p>`), 0);
  expect(long).toContain('longer than 256 KiB');
});

test.each([
  ['formulas that become megabytes', ':math:`x` '.repeat(20_000)],
  ['tags in tags', `<i>${'<div><b>'.repeat(30_000)}`],
])('%s stay within a megabyte', (_, source) => {
  for (const format of ['rst', 'html'] as const) {
    const html = htmlAt(compileText(format, source), 0);
    expect(html.length).toBeLessThan(2 * 2 ** 20);
  }
});

test.each([
  [
    'substitutions that multiply each other',
    `${Array.from({ length: 30 }, (_, at) => `.. |s${at + 1}| replace:: |s${at}| |s${at}|`).join('\n')}\n.. |s0| replace:: word\n\n|s30|\n`,
  ],
  ['quotes in quotes', Array.from({ length: 400 }, (_, at) => `${' '.repeat(at)}deeper\n`).join('\n')],
  [
    'macros of formulas that double',
    `.. math::\n\n   ${Array.from({ length: 40 }, (_, at) => `\\def\\m${String.fromCharCode(97 + (at % 26))}${'x'.repeat(Math.floor(at / 26))}{#1#1}`).join(' ')}\n`,
  ],
  ['attributes without end', `<a ${'x="'.repeat(60_000)}`],
  ['entities and comments that never close', `${'&lt'.repeat(40_000)}${'<!--'.repeat(20_000)}`],
])('%s are shown within seconds, and stay small', (_, source) => {
  for (const format of ['rst', 'html'] as const) {
    const begun = performance.now();
    const html = htmlAt(compileText(format, source), 0);
    expect(performance.now() - begun).toBeLessThan(3000);
    expect(html.length).toBeLessThan(2 * 2 ** 20);
    expect(html).not.toMatch(/<(script|iframe|style)/i);
  }
});
