/** What docutils makes of a text, our compiler makes of it, too. Each case is from a public course's kind of fault. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { PROJECT_FOLDER } from '../../../../server/config/config.ts';
import { compileText } from '../../../../server/courses/text/rst.ts';
import { htmlAt } from '../../../../server/courses/text/shown.ts';

const html = (source: string): string => htmlAt(compileText('rst', source), 0).replace(/\s+/g, ' ');
const code = '<pre><code class="language-c">int a;</code></pre>';

describe('a block of code', () => {
  test.each([
    ['in a text that begins indented', ' .. code-block:: c\n\n     int a;\n'],
    ['in a text that is indented as a whole', '    Words.\n\n    .. code:: c\n\n       int a;\n'],
    ['after a line of blanks', 'So:\n   \n.. code-block:: c\n\n    int a;\n'],
    ['after two lines of blanks', 'So:\n \n   \n.. code:: c\n\n  int a;\n  \n'],
    ['in a quote that is indented far', 'So:\n\n            .. code:: c\n\n                int a;\n'],
    ['in a quote that is indented less', '    - a\n\nSo:\n\n  .. code:: c\n\n    int a;\n'],
    ['in a quote in a quote', 'So:\n\n    .. code:: c\n\n        int a;\n\n Words.\n'],
    ['whose language is on the next line', 'So:\n\n.. code::\n    c\n\n    int a;\n'],
    ['before words at the margin', '  .. code:: c\n\n     int a;\n\nWords.\n'],
  ])('is shown: %s', (_, source) => {
    expect(html(source)).toContain(code);
    expect(html(source)).not.toContain('..');
  });
});

describe('the blanks before lines of code', () => {
  const block = (body: string) => html(`.. code-block::\n${body}`);
  test('are kept beyond the margin that an option shows', () => {
    expect(htmlAt(compileText('rst', '.. code::\n   :class: output\n\n       42\n'), 0)).toContain(
      '<code>    42</code>',
    );
  });

  test('are its indent where nothing shows the margin', () => {
    expect(block('\n\t    42\n')).toContain('<code>42</code>');
  });
});

describe('a substitution', () => {
  test.each([
    ['See |x|_.\n\n.. |x| replace:: the *site*\n.. _x: https://x.org/\n', 'the site'],
    ['|a b|_\n\n.. |a b| replace:: ``code``\n.. _a b: https://x.org/\n', 'code'],
    ['|x2.5|_\n\n.. _x2.5 : https://x.org/\n.. |x2.5| replace:: `2.5 : Words`\n', '2.5 : Words'],
    ['See |x|_\n\n .. _x : https://x.org/\n .. |x| replace:: `Words`\n', 'Words'],
    ['See |x|_.\n\n.. |X| replace:: Words\n\n.. _X:  https://x.org/\n', 'Words'],
  ])('with an address is a link: %s', (source, words) => {
    expect(html(source)).toMatch(new RegExp(`<a href="https://x.org/"[^>]*>${words}</a>`));
  });

  test.each([
    ['.. |b| raw:: html\n\n   <b>bold</b>\n\nA |b| word.\n', 'A <b>bold</b> word.'],
    ['A |b|, |b|.\n\n.. |b| raw:: html\n\n   <i>x\n   y</i>\n', 'A <i>x y</i>, <i>x y</i>.'],
    ['  Words with |b|.\n\n  .. |b| raw:: html latex\n\n      <b>x</b>\n\n  More.\n', 'with <b>x</b>.'],
    ['.. |b| raw:: html\n\n   <b onclick="x()">a</b><script>b</script>\n\n|b|\n', '<b>a</b>'],
  ])('of HTML is that HTML, made harmless: %s', (source, shown) => {
    expect(html(source)).toContain(shown);
  });

  test('without a definition stays as it is written', () => {
    expect(html('See |x|_.')).toContain('|x|_');
  });
});

test.each([
  ['at the start of an indented text', '  ===  ===\n  a    b\n  ===  ===\n  1    2\n  ===  ===\n'],
  ['with words after it', '  ===  ===\n  a    b\n  ===  ===\n  1    2\n  ===  ===\n\nWords.\n'],
])('a table %s is a table', (_, source) => {
  expect(html(source)).toMatch(/<table>.*<td> <p> 1/);
});

describe('a formula', () => {
  test('has words in it', () => {
    expect(html(':math:`x \\mbox{if } y`')).toContain('<mtext>if </mtext>');
  });

  test.each([
    ['.. math::\n\n   a = 1\n\n   b = 2\n', 2],
    ['* .. math::\n\n     a\n\n     b\n\n     c\n', 3],
    ['.. math:: a\n\n   b\n', 2],
    ['.. math::\n\n   \\begin{aligned} a\n\n   b \\end{aligned}\n', 1],
  ])('ends at a blank line: %s', (source, count) => {
    expect(html(source).split('<math').length - 1).toBe(count);
  });

  test.each([
    '$$\nx^2\n$$',
    'Words:\n\n$$\nx^2\n$$\n\nand words.',
    '$$x^2$$',
    'Words $$x^2$$ and',
    '\\\\(x^2\\\\)',
    '- in a list \\\\[x^2\\\\]',
  ])('may be written as MathJax reads it: %s', (source) => {
    expect(html(source)).toMatch(/<msup><mi>x<\/mi><mn>2<\/mn><\/msup>/);
  });

  test.each([
    ['``$$x$$``', '<code>$$x$$</code>'],
    ['Shell::\n\n   echo $$; kill $$\n', 'echo $$; kill $$'],
    ['.. code:: sh\n\n   echo $$x$$\n', 'echo $$x$$'],
    ['It costs 5 $ or 6 $.', '5 $ or 6 $'],
  ])('is not what only looks like one: %s', (source, shown) => {
    expect(html(source)).toContain(shown);
    expect(html(source)).not.toContain('<math');
  });
});

describe('a picture', () => {
  test.each(['left', 'center', 'right'])('stands where it should: %s', (side) => {
    for (const name of ['image', 'figure'])
      expect(html(`.. ${name}:: /a.png\n   :align: ${side}\n`)).toContain(`class="align-${side}"`);
  });

  test('is as wide as its width and scale say', () => {
    expect(html('.. image:: /a.png\n   :width: 200px\n   :scale: 50 %\n')).toContain('width="100"');
    expect(html('.. image:: /a.png\n   :width: 200px\n')).toContain('width="200px"');
  });
});

describe('a list', () => {
  test('may begin with a bullet that docutils knows', () => {
    expect(html('• one\n• two\n')).toMatch(/<ul>.*<li>.*one.*<li>.*two/);
    expect(html('Words:\n\n• one\n  and more\n• two\n')).toMatch(/<ul>.*<li>.*one.*<li>.*two/);
  });

  test('begins only after a blank line', () => {
    expect(html('**Words.**\n• one\n')).toContain('• one');
  });

  test('may be indented by another width than the list before it', () => {
    const source = 'Some:\n\n  - one\n  - two\n\nOthers:\n\n - three\n - four\n   and more\n\nEnd.\n';
    expect(html(source)).toMatch(/two.*Others:.*<li>.*three.*<li>.*four and more.*End\./);
  });
});

describe('an address in a text', () => {
  test.each([
    ['See https://x.org/a.html.', 'https://x.org/a.html', '.'],
    ['The class (https://x.org/a.html) is', 'https://x.org/a.html', ')'],
    ['Read (https://x.org/a.html), then', 'https://x.org/a.html', '),'],
    ['https://x.org/a/', 'https://x.org/a/', ''],
  ])('ends before the marks of its sentence: %s', (source, address, rest) => {
    expect(html(source)).toContain(`<a href="${address}" `);
    expect(html(source)).toContain(`>${address}</a>${rest}`);
  });

  test('has no blanks before it', () => {
    expect(html('The `exam`__.\n\n.. _one:  https://x.org/a\n\n__ one_\n')).toContain(
      'href="https://x.org/a"',
    );
  });

  test('may have a name with a hyphen', () => {
    expect(html('A top-down_ sort.\n\n.. _top-down: /a.png\n')).toContain('>top-down</a> sort');
  });
});

test('a backslash before nothing is nothing', () => {
  expect(html('Words\n\n\\')).toBe('<p> Words </p>');
});

test('a text is shown as it should be, however long the machine was away', async () => {
  const script = `
    import { RstToHtmlCompiler } from 'rst-compiler';
    import { compileText } from '${new URL('../../../../server/courses/text/rst.ts', import.meta.url)}';
    const { compile } = RstToHtmlCompiler.prototype;
    RstToHtmlCompiler.prototype.compile = function (...given) {
      if (process.argv.length === 1) process.kill(process.argv.push('stopped') && process.pid, 'SIGSTOP');
      return compile.apply(this, given);
    };
    process.stdout.write(JSON.stringify(compileText('rst', 'A *word*.')));
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: PROJECT_FOLDER,
  });
  let said = '';
  child.stdout.on('data', (bytes: Buffer) => {
    said += bytes;
  });
  await vi.waitFor(() => expect(readFileSync(`/proc/${child.pid}/stat`, 'utf8')).toMatch(/\) T /), 20_000);
  // Longer than a text may take.
  await pause(600);
  child.kill('SIGCONT');
  await once(child, 'close');
  expect(said).toContain('<em>word</em>');
});
