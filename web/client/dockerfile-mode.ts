/** Colours for Dockerfiles: instructions, comments, texts and variables. */
import { LanguageSupport, StreamLanguage, type StreamParser } from '@codemirror/language';

type State = { begins: boolean; quote: string };

const parser: StreamParser<State> = {
  name: 'dockerfile',
  startState: () => ({ begins: true, quote: '' }),
  token(stream, state) {
    if (stream.sol()) stream.eatSpace();
    if (stream.sol() || state.begins) {
      if (stream.match(/^\s*#.*/)) return 'comment';
    }
    if (state.begins && stream.match(/^\s*[A-Za-z]+/)) {
      state.begins = stream.eol();
      return 'keyword';
    }
    // A backslash at the end: the next line belongs to this instruction.
    if (stream.match(/^\\\s*$/)) return 'operator';
    if (stream.match(/^\\./)) return state.quote === '' ? null : 'string';
    if (stream.match(/^\$(\w+|\{[^}]*\}?)/)) return 'variableName';
    const char = stream.next() ?? '';
    if (state.quote !== '') {
      if (char === state.quote) state.quote = '';
      else stream.match(/^[^"'\\$]+/);
      afterLine(stream.eol(), state);
      return 'string';
    }
    if (char === '"' || char === "'") {
      state.quote = char;
      return 'string';
    }
    stream.match(/^[^\\"'$]+/);
    afterLine(stream.eol(), state);
    return null;
  },
  blankLine(state) {
    state.quote = '';
  },
  languageData: { commentTokens: { line: '#' } },
};

function afterLine(isEnd: boolean, state: State): void {
  if (!isEnd) return;
  state.begins = true;
  state.quote = '';
}

export const dockerfile = (): LanguageSupport => new LanguageSupport(StreamLanguage.define(parser));
