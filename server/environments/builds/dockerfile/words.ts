/** Words of an instruction: split at spaces outside of quotes, and what they are once quotes and variables are resolved. */
export type Word = { text: string; offset: number };

/** The values of variables; the value of a variable that is not here is unknown before the build. */
export type Variables = ReadonlyMap<string, string>;

/** sure: the word contained no variable with an unknown value. */
export type Resolved = { text: string; sure: boolean };

const ESCAPE = '\\';
/** A variable repeated within a variable grows without bound; no name, label or path that counts is as long. */
const MAX_RESOLVED = 4096;

/** The words with their quotes and escapes, and where each begins. */
export function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  for (let at = 0; at < text.length; at++) {
    if (/\s/.test(text[at] ?? '')) continue;
    const end = endOfWord(text, at);
    words.push({ text: text.slice(at, end), offset: at });
    at = end;
  }
  return words;
}

function endOfWord(text: string, start: number): number {
  let quote = '';
  for (let at = start; at < text.length; at++) {
    const char = text[at] ?? '';
    if (char === ESCAPE && quote !== "'") at += 1;
    else if (quote !== '') quote = char === quote ? '' : quote;
    else if (char === '"' || char === "'") quote = char;
    else if (/\s/.test(char)) return at;
  }
  return text.length;
}

/** A word as the builder uses it. */
export function resolve(raw: string, variables: Variables): Resolved {
  let text = '';
  let sure = true;
  let quote = '';
  for (let at = 0; at < raw.length; ) {
    if (text.length > MAX_RESOLVED) return { text: '', sure: false };
    const piece = readPiece(raw, at, quote, variables);
    text += piece.text;
    sure &&= piece.sure;
    quote = piece.quote;
    at += piece.length;
  }
  return { text, sure };
}

type Piece = Resolved & {
  length: number;
  /** The quote that is open after the character. */
  quote: string;
};

function readPiece(raw: string, at: number, quote: string, variables: Variables): Piece {
  const char = raw[at] ?? '';
  const next = raw[at + 1];
  const plain = (text: string, length = 1): Piece => ({ text, sure: true, length, quote });
  if (quote === "'" && char !== "'") return plain(char);
  if (char === ESCAPE && next !== undefined) {
    // Between double quotes the escape character counts only before these.
    return plain(quote === '"' && !['"', '$', ESCAPE].includes(next) ? char + next : next, 2);
  }
  if (char === quote) return { ...plain(''), quote: '' };
  if (quote === '' && (char === '"' || char === "'")) return { ...plain(''), quote: char };
  return char === '$' ? { ...readVariable(raw.slice(at), variables), quote } : plain(char);
}

const VARIABLE = /^\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?::?([-+])([^{}]*))?\})/;

function readVariable(text: string, variables: Variables): Resolved & { length: number } {
  const match = VARIABLE.exec(text);
  if (!match) return { text: '$', sure: !text.startsWith('${'), length: 1 };
  const [whole, plain, braced, sign, other = ''] = match;
  const value = variables.get(plain ?? braced ?? '');
  const length = whole.length;
  if (sign === '-')
    return { text: value ?? other, sure: value !== undefined && !other.includes('$'), length };
  if (sign === '+') return { text: value === undefined ? '' : other, sure: value !== undefined, length };
  return { text: value ?? '', sure: value !== undefined, length };
}

export type Pair = { key: string; value: Resolved; offset: number };

/** The pairs of a LABEL or ENV: key=value, or the old form "key all of the rest". Other words are left out. */
export function pairsOf(rest: string, variables: Variables): Pair[] {
  const words = wordsOf(rest);
  const [first] = words;
  if (!first) return [];
  if (!first.text.includes('=')) {
    const value = resolve(rest.slice(first.offset + first.text.length).trim(), variables);
    return [{ key: resolve(first.text, variables).text, value, offset: first.offset }];
  }
  return words.flatMap(({ text, offset }) => {
    const equals = text.indexOf('=');
    if (equals < 1) return [];
    const key = resolve(text.slice(0, equals), variables).text;
    return [{ key, value: resolve(text.slice(equals + 1), variables), offset }];
  });
}
