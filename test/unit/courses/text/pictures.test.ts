/** Pictures in feedback: those that a browser may be given are shown whole, in the place of others a sentence says why. */
import { describe, expect, test } from 'vitest';
import { compileText } from '../../../../server/courses/text/rst.ts';
import { noisePng } from '../../../support/png.ts';

const htmlOf = (format: 'rst' | 'html', text: string): string =>
  compileText(format, text)
    .map(({ html }) => html)
    .join('');
/** As rst.get_imageblock writes it. */
const block = (data: string, kind = 'png') =>
  `Before.\n\n.. raw:: html\n\n\t<img src="data:image/${kind};base64,${data}">\n\nAfter *it*.\n`;
const plot = noisePng(600, 500);
const GIF = Buffer.from('GIF89a\u0001\u0000\u0001\u0000\u0000\u0000\u0000', 'latin1');

describe('a picture in feedback', () => {
  test('of 300 KB is shown, and the text after it as well', () => {
    expect(plot.length).toBeGreaterThan(300_000);
    const html = htmlOf('rst', block(plot.toString('base64')));
    expect(html.includes(`src="data:image/png;base64,${plot.toString('base64')}"`)).toBe(true);
    expect(html).toMatch(/Before\.[\s\S]*After <em>it<\/em>/);
    expect(html).not.toContain('the rest is left out');
  });

  test('is shown in feedback that is HTML, in lines as encoders wrap them, and under the other name of its type', () => {
    const wrapped = plot.toString('base64').replace(/.{76}/g, '$&\n');
    const html = htmlOf('html', `<p>a</p><img alt="p" src="data:image/png;base64,${wrapped}"><p>b</p>`);
    expect(html.includes(`src="data:image/png;base64,${plot.toString('base64')}"`)).toBe(true);
    expect(html).toContain('<p>b</p>');
    expect(htmlOf('rst', block(GIF.toString('base64'), 'jpg'))).toContain('src="data:image/gif;base64,R0lG');
  });

  test.each<[string, string, string, RegExp]>([
    [
      'is too large',
      noisePng(1000, 700).toString('base64'),
      'png',
      /\[A picture of 68\d KiB is not shown: pictures may have 512 KiB each, and a report 1 MiB\.\]/,
    ],
    [
      'had no room in the report',
      '2100000',
      'gradeport-left-out',
      /\[A picture of 2 MiB is not shown: pictures may have/,
    ],
    [
      'would take a browser’s memory',
      noisePng(20_000, 20_000, 1).toString('base64'),
      'png',
      /\[A picture of 20000 × 20000 points is not shown: at most 40 million\.\]/,
    ],
    [
      'is a drawing that may hold scripts',
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>').toString('base64'),
      'svg+xml',
      /\[A picture is not shown: it is no PNG, JPEG, GIF or WebP\.\]/,
    ],
    ['is none', 'AAAA', 'png', /\[A picture is not shown: it is no PNG, JPEG, GIF or WebP\.\]/],
  ])('that %s is a sentence in its place', (_, data, kind, sentence) => {
    const html = htmlOf('rst', block(data, kind));
    expect(html).toMatch(sentence);
    expect(html).toMatch(/Before\.[\s\S]*\[A picture[\s\S]*After <em>it<\/em>/);
    expect(html).not.toContain('<img');
  });

  test('that a program printed as text stays text, and text that is too long is still cut', () => {
    const data = `data:image/png;base64,${GIF.toString('base64')}`;
    expect(htmlOf('rst', `.. code-block::\n\n\t${data}\n`)).not.toContain('<img');
    const html = htmlOf('rst', `${block(plot.toString('base64'))}\n${'x'.repeat(300_000)}`);
    expect(html).toContain('the rest is left out');
  });
});
