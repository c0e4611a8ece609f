import { describe, expect, test } from 'vitest';
import { commandLine, inOneLine, restOfLine, word } from '../../../../server/cli/service/quoting.ts';

describe('a word of a unit', () => {
  test.each([
    ['/srv/data', '/srv/data'],
    ['/srv/two words', '"/srv/two words"'],
    ['%h', '"%%h"'],
    ['a"b\\c', '"a\\"b\\\\c"'],
    ["it's", `"it's"`],
    ['$HOME', '"$HOME"'],
    [';', '";"'],
    ['', '""'],
  ])('%j is written %s', (value, written) => {
    expect(word(value)).toBe(written);
  });
});

describe('a command line of a unit', () => {
  test('doubles the dollar of arguments, and leaves that of the program', () => {
    expect(commandLine('/opt/$x/node', ['$HOME', 'plain'])).toBe('"/opt/$x/node" "$$HOME" plain');
  });

  test('lets a shell start a program whose name systemd would refuse', () => {
    const line = commandLine('/opt/it\'s "new"/node', ['serve']);
    expect(line).toBe(`/bin/sh -c "exec \\"$$0\\" \\"$$@\\"" "/opt/it's \\"new\\"/node" serve`);
  });
});

test('a folder that is the rest of its line ends as it ends', () => {
  expect(restOfLine('/srv/a "b\\c')).toBe('/srv/a "b\\c');
  expect(restOfLine('/srv/50%')).toBe('/srv/50%%');
  expect(restOfLine('/srv/a\\')).toBe('/srv/a\\/');
  expect(restOfLine('/srv/a ')).toBe('/srv/a /');
});

test.each(['/srv/a\nExecStart=/bin/false', '/srv/a\rb', '/srv/\u0000', '/srv/\u0085', '/srv/\ud800'])(
  '%j does not go into a unit, and the sentence names the setting',
  (value) => {
    expect(() => inOneLine(value, 'The data folder')).toThrow(
      /^The data folder has a line end .* Choose another one\.$/,
    );
  },
);
