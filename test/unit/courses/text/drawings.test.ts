import { describe, expect, test } from 'vitest';
import { compileText } from '../../../../server/courses/text/rst.ts';
import { drawingsAsPictures } from '../../../../server/courses/text/rst-drawings.ts';
import { htmlAt } from '../../../../server/courses/text/shown.ts';

const raw = (html: string): string => htmlAt(compileText('rst', `.. raw:: html\n\n   ${html}\n`), 0);
const DATA = /src="data:image\/svg\+xml;base64,([^"]+)"/;
const drawing = (html: string): string => Buffer.from(DATA.exec(raw(html))?.[1] ?? '', 'base64').toString();

describe('a drawing in a text', () => {
  test('is a picture, as large as it says, with its title as words', () => {
    const shown = raw(
      '<svg width="40px" height="20" viewBox="0 0 4 2"><title>A & B</title><path d="M0 0"/></svg>',
    );
    expect(shown).toMatch(/^<img [^>]*>$/);
    expect(shown).toContain('width="40"');
    expect(shown).toContain('height="20"');
    expect(shown).toContain('alt="A &amp; B"');
  });

  test('is XML, however it was written', () => {
    expect(drawing('<svg viewBox=0 class=x><text>a&nbsp;b &lt; c<g><linearGradient id="g"/></svg>')).toBe(
      '<svg viewBox="0" class="x" xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">' +
        '<text>a\u00A0b &lt; c<g><linearGradient id="g"></linearGradient></g></text></svg>',
    );
  });

  test.each([
    '<svg><script>alert(1)</script><path d="M0"/></svg>',
    '<svg onload="alert(1)"><path d="M0" onclick=alert(1) /></svg>',
    '<svg><foreignObject><b onclick="alert(1)">alert</b></foreignObject><path d="M0"/></svg>',
    '<svg><a href="javascript:alert(1)"><path d="M0"/></a></svg>',
    '<svg><image href="https://x.org/alert"/><use xlink:href="https://x.org/alert#a"/><path d="M0"/></svg>',
    '<svg><script><svg></script><script>alert(1)</script><path d="M0"/></svg>',
  ])('has nothing that runs or loads: %s', (html) => {
    expect(drawing(html)).toContain('d="M0"');
    expect(drawing(html)).not.toContain('alert');
  });

  test.each([
    '<svg><b>never ends',
    '<p title="<svg>">x</p><p title="</svg>">y</p>',
    '<svg></svg><img src=x onerror=alert(1)>',
    '<svg <svg></svg onclick=alert(1)>',
  ])('lets nothing else through: %s', (html) => {
    expect(raw(html)).not.toMatch(/<svg|onerror|onclick/);
  });

  test('that only begins, very often, costs little time', () => {
    const html = '<svg>'.repeat(200_000);
    expect(drawingsAsPictures(html, (address) => address)).toBe(html);
  });
});
