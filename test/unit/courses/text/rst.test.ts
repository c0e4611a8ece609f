import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withoutParagraph } from '../../../../server/courses/text/render.ts';
import { compileText } from '../../../../server/courses/text/rst.ts';
import { htmlAt } from '../../../../server/courses/text/shown.ts';

const renderRst = (source: string, now = Date.now()) => htmlAt(compileText('rst', source), now);
const renderInline = (source: string) => withoutParagraph(renderRst(source));

const flat = (source: string) => renderRst(source).replace(/>\s+/g, '>').replace(/\s+</g, '<');

describe('a text', () => {
  test('has paragraphs, emphasis, literals and lists', () => {
    expect(flat('Some *em*, **strong** and ``a < b``.\n\n- one\n- two')).toBe(
      '<p>Some<em>em</em>,<strong>strong</strong>and<code>a &lt; b</code>.</p><ul><li><p>one</p></li><li><p>two</p></li></ul>',
    );
  });

  test('has definitions and quotes of any indentation', () => {
    for (const indent of ['  ', '   ', '    ']) {
      expect(flat(`term\n${indent}what it means`)).toBe(
        '<dl><dt>term</dt><dd><p>what it means</p></dd></dl>',
      );
      expect(flat(`text\n\n${indent}quoted`)).toBe('<p>text</p><blockquote><p>quoted</p></blockquote>');
    }
  });

  test('keeps its code as it is, with its language', () => {
    expect(renderRst('.. code-block:: c++\n\n     if (a &lt b && *p)\n   x_\n\nafter')).toBe(
      '<pre><code class="language-c++">  if (a &amp;lt b &amp;&amp; *p)\nx_</code></pre>\n\n<p>\nafter\n</p>',
    );
    expect(renderRst('::\n\n  a\n\n    b\n')).toContain('<pre><code>a\n\n  b</code></pre>');
    expect(flat('.. code-block::')).toBe('<pre><code>[no content]</code></pre>');
    expect(flat('- .. code:: sh\n\n     ls')).toBe(
      '<ul><li><pre><code class="language-sh">ls</code></pre></li></ul>',
    );
  });

  test('does not take a first line of code for an option', () => {
    expect(renderRst('.. code-block:: \n\n\t:a: b\n\tc\n')).toBe('<pre><code>:a: b\nc</code></pre>');
  });

  test('quotes a directive in a literal block as it was written', () => {
    expect(renderRst('So::\n\n  .. code-block:: c\n\n     int x;\n')).toContain(
      '<pre><code>.. code-block:: c\n\n   int x;</code></pre>',
    );
  });

  test('has boxes with titles and colours, as graders write them', () => {
    expect(flat('.. admonition:: T & t\n\t:class: alert alert-danger\n\n\tm\n')).toBe(
      '<div class="admonition danger"><p class="admonition-title">T &amp; t</p><p>m</p></div>',
    );
    expect(flat('.. note:: \n\t:class: alert alert-info\n\n\tm\n')).toBe(
      '<div class="admonition info"><p>m</p></div>',
    );
    expect(flat('.. warning::\n   :title: W\n\n   m')).toContain('<p class="admonition-title">W</p><p>m</p>');
  });

  test('has tables, and formulas without scripts', () => {
    expect(flat('=== ===\nA   B\n=== ===\n1   2\n=== ===')).toContain('<td><p>2</p></td>');
    expect(renderRst(':math:`x^2`')).toContain('<msup><mi>x</mi><mn>2</mn></msup>');
  });

  test('starts its headings below the page’s', () => {
    expect(flat('Title\n=====\n\ntext')).toBe('<h3 id="text-title">Title</h3><p>text</p>');
  });

  test('says the rest where one thing in it is unknown', () => {
    expect(flat('last_ and |x| and :role:`y` and `z`_')).toBe('<p>last_ and x and y and z_</p>');
    expect(flat('.. unknown:: a\n\n   b\n\nc')).toBe('<p>a</p><p>b</p><p>c</p>');
  });

  test('hides what is not yet to be seen, even when it cannot be read', () => {
    const text = '.. hidden-until:: 2999-01-01\n\n   SECRET\n\n';
    expect(flat(`${text}.. hidden-until:: 2001-01-01\n\n   shown`)).toBe('<p>shown</p>');
    expect(renderRst(`${text}${'*a '.repeat(20_000)}`)).not.toContain('SECRET');
    expect(renderRst(`${text}${'a '.repeat(200_000)}`)).not.toContain('SECRET');
  });

  test('in a line has no paragraph around it', () => {
    expect(renderInline('a ``b``')).toBe('a <code>b</code>');
    expect(renderRst('')).toBe('');
  });
});

const TAGS =
  /^<\/?(script|style|iframe|object|embed|form|input|button|svg|link|meta|base|template|noscript|textarea|annotation)\b/i;
const ATTRIBUTES = /\s(on\w+|style|srcdoc|formaction|action|name|xlink:href)\b/i;
const LINKS = /\s(href|src)="\s*(javascript|vbscript|data:(?!image\/(png|jpeg|gif|webp);base64,))/i;

/** The tags that could run, load, submit or cover something. In what the sanitiser writes, "<" and ">" are tags'. */
function harmful(html: string): string[] {
  const tags = html.match(/<[^>]*>?/g) ?? [];
  return tags.filter((tag) => {
    const names = tag.replace(/="[^"]*"/g, ' ');
    return TAGS.test(tag) || ATTRIBUTES.test(names) || LINKS.test(tag) || !tag.endsWith('>');
  });
}

describe('a hostile text', () => {
  test('brings no script, no handler, no style and no other page', () => {
    const html = `<script>alert(1)</script><img src=x onerror=alert(1)><style>*{}</style><iframe src=//x></iframe>
      <a href=" jav&#x09;ascript:alert(1)">a</a><a href="data:text/html,x">b</a><div style="position:fixed" class="modal">c</div>
      <form action=x><input name=y></form><svg onload=1><math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">`;
    const shown = renderRst(`.. raw:: html\n\n   ${html.replaceAll('\n', '\n   ')}\n`);
    expect(harmful(shown)).toEqual([]);
    expect(shown).not.toContain('modal');
  });

  test('links only to the web and to mail, and shows only pictures', () => {
    expect(renderRst('`x <javascript:alert(1)>`_ `y <https://x.org/?a=1&b=2>`_')).toContain(
      '<a href="https://x.org/?a=1&amp;b=2" rel="noopener noreferrer nofollow" target="_blank">y</a>',
    );
    expect(renderRst('.. image:: data:image/svg+xml;base64,AAAA')).not.toContain('data:');
    const gif = 'data:image/gif;base64,R0lGODlhAQABAAAAAA==';
    expect(renderRst(`.. image:: ${gif}`)).toContain(`src="${gif}"`);
  });

  test('has ids of its own', () => {
    expect(renderRst('.. raw:: html\n\n   <b title id="submit">x</b>')).toContain('id="text-submit"');
  });

  test('that takes for ever to read is shown as it was written', () => {
    const before = process.threadCpuUsage();
    expect(renderRst('|a '.repeat(20_000))).toMatch(/^<pre>\|a \|a/);
    const { user } = process.threadCpuUsage(before);
    expect(user / 1000).toBeLessThan(3000);
  });

  test('that is too long is cut, and says so', () => {
    const shown = renderRst('<b>'.repeat(100_000));
    expect(shown).toMatch(/^<pre>&lt;b&gt;/);
    expect(shown).toMatch(/longer than 256 KiB; the rest is left out\.<\/p>$/);
  });

  test('never throws and never harms, whatever it is made of', () => {
    const scraps = fc.constantFrom(
      ...[
        '.. raw:: html\n\n   ',
        '.. code-block:: ',
        '.. image:: ',
        '.. math::\n\n   ',
        '::\n\n  ',
        '\n\n',
        '\t',
        '   ',
      ],
      ...[
        '<script>',
        '</script>',
        '<img src=x onerror=y>',
        'javascript:x',
        '`a <',
        '>`_',
        '``',
        '|',
        '*',
        '_',
        '\\',
      ],
      ...[
        '<style>',
        '<!--',
        '-->',
        '<svg/onload=x>',
        '<math>',
        '<a href="',
        '"',
        "'",
        '&lt;',
        '&#x3c;',
        '\uE000',
        '\uE001code:: 0',
      ],
      ...[
        '+---+\n| a |\n+---+',
        '=== ===\n',
        '.. |x| replace:: ',
        ':role:`',
        '- ',
        '1. ',
        '.. note::\n\n   ',
        '[1]_ ',
      ],
    );
    const text = fc
      .array(fc.oneof(scraps, fc.string({ maxLength: 5 })), { maxLength: 25 })
      .map((list) => list.join(''));
    fc.assert(
      fc.property(text, (source) => {
        expect(harmful(renderRst(source))).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });
});
