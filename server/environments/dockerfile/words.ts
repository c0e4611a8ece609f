/** Words of an instruction: split at spaces outside of quotes, and what they are once quotes and variables are resolved. */
export type Word = { text: string; offset: number };

/** What a variable is worth; one that is not here has a value that nobody can tell without building. */
export type Variables = ReadonlyMap<string, string>;

/** sure: no variable was in it whose value is not known. */
export type Resolved = { text: string; sure: boolean };

const ESCAPE = '\\';
/** A variable repeated within a variable grows without bound. */
const MAX_RESOLVED = 100_000;

/** Each with its quotes and escapes, and where it begins. */
export function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  let start = -1;
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? '';
    if (quote === '' && /\s/.test(char)) {
      if (start !== -1) words.push({ text: text.slice(start, at), offset: start });
      start = -1;
      continue;
    }
    if (start === -1) start = at;
    if (char === ESCAPE && quote !== "'") at += 1;
    else if (quote === '' && (char === '"' || char === "'")) quote = char;
    else if (char === quote) quote = '';
  }
  if (start !== -1) words.push({ text: text.slice(start), offset: start });
  return words;
}

/** A word as the builder uses it. */
export function resolve(raw: string, variables: Variables): Resolved {
  let text = '';
  let sure = true;
  let quote = '';
  for (let at = 0; at < raw.length; at++) {
    if (text.length > MAX_RESOLVED) return { text: '', sure: false };
    const char = raw[at] ?? '';
    if (quote === "'") {
      if (char === "'") quote = '';
      else text += char;
    } else if (char === ESCAPE && at + 1 < raw.length) {
      at += 1;
      const next = raw[at] ?? '';
      // Between double quotes an escape is one only before these.
      text += quote === '"' && !['"', '$', ESCAPE].includes(next) ? char + next : next;
    } else if (char === '"' || (char === "'" && quote === '')) quote = quote === '' ? char : '';
    else if (char === '$') {
      const variable = readVariable(raw.slice(at), variables);
      text += variable.text;
      sure &&= variable.sure;
      at += variable.length - 1;
    } else text += char;
  }
  return { text, sure };
}

const VARIABLE = /^\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?::?([-+])([^{}]*))?\})/;

function readVariable(text: string, variables: Variables): Resolved & { length: number } {
  const match = VARIABLE.exec(text);
  if (!match) return { text: '$', sure: !text.startsWith('${'), length: 1 };
  const [whole, plain, braced, sign, other = ''] = match;
  const value = variables.get(plain ?? braced ?? '');
  const length = whole.length;
  if (sign === '-') return { text: value ?? other, sure: value !== undefined && !other.includes('$'), length };
  if (sign === '+') return { text: value === undefined ? '' : other, sure: value !== undefined, length };
  return { text: value ?? '', sure: value !== undefined, length };
}

export type Pair = { key: string; value: Resolved; offset: number };

/** Of LABEL and ENV: key=value pairs, or the old form "key all of the rest". Words that are neither are left out. */
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
