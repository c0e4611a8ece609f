/** Colours for Dockerfiles: instructions, comments, texts and variables. */
import { LanguageSupport, StreamLanguage, type StreamParser, type StringStream } from '@codemirror/language';

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
    return readText(stream, state);
  },
  blankLine(state) {
    state.quote = '';
  },
  languageData: { commentTokens: { line: '#' } },
};

function readText(stream: StringStream, state: State): string | null {
  const char = stream.next() ?? '';
  const isText = state.quote !== '';
  if (isText && char === state.quote) state.quote = '';
  else if (!isText && (char === '"' || char === "'")) {
    state.quote = char;
    return 'string';
  } else stream.match(isText ? /^[^"'\\$]+/ : /^[^\\"'$]+/);
  afterLine(stream.eol(), state);
  return isText ? 'string' : null;
}

function afterLine(isEnd: boolean, state: State): void {
  if (!isEnd) return;
  state.begins = true;
  state.quote = '';
}

export const dockerfile = (): LanguageSupport => new LanguageSupport(StreamLanguage.define(parser));
