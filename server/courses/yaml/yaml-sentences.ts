/** Errors in YAML, in our own words with the next step: a parser's words are for people who know its grammar. */
import type { YAMLError } from 'yaml';

type Fault = Pick<YAMLError, 'code' | 'message'>;
type Code = Fault['code'];

/** "name: Exercise 1: loops", perhaps as an item of a list. */
const UNQUOTED = /^\s*(?:- +)?([\w$-]{1,60}):\s+([^\s"'|>[{&*!#][^"]*:(?: [^"]*)?)$/;
const MOST_QUOTED = 100;

/** @param line the line of the fault */
export function sentenceFor({ code, message }: Fault, line: string): string {
  const [, key, text = ''] = UNQUOTED.exec(line) ?? [];
  const mayBeText = code === 'BLOCK_AS_IMPLICIT_KEY' || code === 'MULTILINE_IMPLICIT_KEY';
  if (mayBeText && key !== undefined && text.length <= MOST_QUOTED)
    return `a text with ":" in it needs quotes: ${key}: "${text.trim()}"`;
  const quote = code === 'MISSING_CHAR' ? /closing (["'])/.exec(message)?.[1] : undefined;
  if (quote !== undefined) return `a text begins with ${quote} and has no ${quote} at its end: add it`;
  return SENTENCES[code] ?? OTHER;
}

const OTHER = 'this is not YAML as it is read here: look at quotes, blanks and brackets of this line';

const SENTENCES: Partial<Record<Code, string>> = {
  TAB_AS_INDENT: 'a tab is at the beginning of this line: put blanks in its place',
  MULTIPLE_DOCS:
    'a second document begins here ("---"), and a file has one: take this line out, or indent it if it belongs to a text',
  BLOCK_AS_IMPLICIT_KEY:
    'a key is where a text was expected: indent the keys of one map alike, and put texts with ": " into quotes',
  MULTILINE_IMPLICIT_KEY:
    'a key was expected here: it needs ":" after it, and a text that goes on in the next line needs "|" or more blanks',
  BAD_INDENT: 'this line is not indented as those that it belongs to: give them the same number of blanks',
  BAD_SCALAR_START:
    'a text cannot begin with this character: put the text in quotes ("@", "`" and "%" need them)',
  BAD_ALIAS: '"*" or "&" begins a name of YAML here: put the text in quotes, or name an anchor',
  BAD_DQ_ESCAPE: 'in double quotes a backslash is special: write it twice, or put the text in single quotes',
  BLOCK_IN_FLOW: 'a list or map over several lines is within brackets: use one of both forms',
  MISSING_CHAR:
    'something is missing here: ":" and a blank after a key, "," between items, or a bracket at the end',
  UNEXPECTED_TOKEN: 'this does not belong here: remove it, or put the text that it belongs to in quotes',
  TAG_RESOLVE_FAILED: '"!" begins a type of YAML that is not known here: put the text in quotes',
  BAD_DIRECTIVE: '"%" begins an order to the parser here: put the text in quotes',
  KEY_OVER_1024_CHARS: 'a key is longer than 1024 characters: is a ":" or a quote missing before?',
  NON_STRING_KEY: 'a key must be a text',
  BAD_COLLECTION_TYPE: 'the type that "!" names does not fit what follows: remove it',
  RESOURCE_EXHAUSTION: 'this file needs too much work to be read: it holds too many levels or aliases',
};
