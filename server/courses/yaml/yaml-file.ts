/** A YAML file whose every value knows its position, so that an error can name its line. */
import {
  type Alias,
  type CollectionTag,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseDocument,
  type YAMLError,
  type YAMLMap,
} from 'yaml';
import type { z } from 'zod';
import { bytesText } from '../../text/quantities.ts';
import type { FileProblemReport } from '../task.ts';
import { isReplaced, PYTHON_WORDS } from './python-words.ts';
import { repeatedKeys } from './repeated-keys.ts';
import { sentenceOf, valueAt } from './schema-sentences.ts';
import { mergeMaps } from './yaml-merge.ts';
import { sentenceFor } from './yaml-sentences.ts';

/** The position of a value: keys and indexes from the root. */
export type Path = readonly PropertyKey[];

export type YamlFile = {
  value: unknown;
  /** Reports an error at a value or, if it is missing, at the map that lacks it. */
  fault(path: Path, message: string): FileProblemReport;
  /** A scalar without quotes as the file spells it; null: missing, quoted, a list or a map. */
  plain(path: Path): string | null;
  /** The keys of a map in the order of the file: a JavaScript object moves keys like "1" to its front. */
  keys(path: Path): string[];
  /** Keys that are there more than once, at any depth. */
  repeated: FileProblemReport[];
};

/** Far more than any task file; a larger one is a mistake, and costs time on every change. */
const MAX_CHARACTERS = 128 * 1024;
/** Lists and maps within each other; the parser goes through them by recursion. */
const MAX_DEPTH = 100;

export type YamlOptions = {
  maxCharacters?: number;
  /** Besides those of YAML 1.1. */
  tags?: CollectionTag[];
  /** Whether a key that is there twice is an error; INGInious' files may have them. */
  strict?: boolean;
};

export function readYaml(
  text: string,
  file: string,
  { maxCharacters = MAX_CHARACTERS, tags: more = [], strict = false }: YamlOptions = {},
): YamlFile | { problems: FileProblemReport[] } {
  if (text.length > maxCharacters) {
    return { problems: [whole(file, `this file is larger than ${bytesText(maxCharacters)}`)] };
  }
  if (isDeep(text)) {
    return { problems: [whole(file, `this file is nested more than ${MAX_DEPTH} levels deep`)] };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, {
    // Read like INGInious' PyYAML: version 1.1, whatever a %YAML line says, and the last of two equal keys.
    version: '1.1',
    schema: 'yaml-1.1',
    merge: true,
    uniqueKeys: false,
    customTags: (tags) => [
      ...tags.filter((tag) => typeof tag === 'string' || !isReplaced(tag.tag)),
      ...PYTHON_WORDS,
      ...more,
    ],
    lineCounter: lines,
    prettyErrors: false,
    // Its warnings go to the console.
    logLevel: 'error',
  });
  if (document.errors.length > 0) {
    return { problems: syntaxFaults(document.errors, { text, file, lines }) };
  }
  const repeated = repeatedKeys(document.contents).map(({ name, offset }) =>
    at(file, lines, offset, `${name}: it is there more than once; the last counts`),
  );
  if (strict && repeated.length > 0) return { problems: repeated };
  return convert(document, file, lines, repeated);
}

type Reading = { text: string; file: string; lines: LineCounter };

/** One slip may be several errors to the parser: the same sentence once for each line. */
function syntaxFaults(errors: readonly YAMLError[], { text, file, lines }: Reading): FileProblemReport[] {
  const texts = text.split('\n');
  const faults = errors.map((error) => {
    const { line } = lines.linePos(error.pos[0]);
    return at(file, lines, error.pos[0], `YAML: ${sentenceFor(error, texts[line - 1] ?? '')}`);
  });
  return [...new Map(faults.map((fault) => [`${fault.line} ${fault.message}`, fault])).values()];
}

/**
 * Looks at each line alone, before anything is parsed: brackets that a line opens and does not close, and lists that
 * begin in it. Deeper indentation needs longer lines, and the file's size bounds it.
 */
function isDeep(text: string): boolean {
  let open = 0;
  for (const line of text.split('\n')) {
    // A key at the margin is in no list and in no map.
    if (/^[\w$]/.test(line)) open = 0;
    for (const [bracket] of line.matchAll(/[[\]{}]/g)) {
      open = Math.max(0, open + ('[{'.includes(bracket) ? 1 : -1));
      if (open > MAX_DEPTH) return true;
    }
    if (DEEP_LIST.test(line)) return true;
  }
  return false;
}

/** Without blanks between them, dashes are a text. */
const DEEP_LIST = new RegExp(`^ *(?:[?-] +){${MAX_DEPTH + 1}}`);

/** zod's errors, each at its line, with the path in words. */
export function faultsOf(yaml: YamlFile, error: z.ZodError, above: Path = []): FileProblemReport[] {
  const top = valueAt(yaml.value, above);
  return error.issues.map((issue) => {
    const path = [...above, ...issue.path];
    return yaml.fault(
      path,
      [...(path.length > 0 ? [path.map(String).join('.')] : []), sentenceOf(issue, top)].join(': '),
    );
  });
}

function convert(document: Document, file: string, lines: LineCounter, repeated: FileProblemReport[]) {
  const fault = (path: Path, message: string) => at(file, lines, offsetOf(document, path), message);
  try {
    mergeMaps(document);
    return {
      value: document.toJS() as unknown,
      fault,
      plain: (path: Path) => plainAt(document, path),
      keys: (path: Path) => keysOf(document, path),
      repeated,
    };
  } catch (error) {
    // Unknown anchors, and aliases or merges that expand too far.
    return { problems: [whole(file, `YAML: ${error instanceof Error ? error.message : String(error)}`)] };
  }
}

export const whole = (file: string, message: string): FileProblemReport => ({
  file,
  line: null,
  column: null,
  message,
});

function at(file: string, lines: LineCounter, offset: number, message: string): FileProblemReport {
  const { line, col } = lines.linePos(offset);
  return { file, line: Math.max(line, 1), column: Math.max(col, 1), message };
}

/** The offset of the deepest value on the path that the file has. */
function offsetOf(document: Document, path: Path): number {
  let node: unknown = document.contents;
  let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
  for (const key of path) {
    const step = enter(document, node, key);
    if (step === null) break;
    node = step.node;
    offset = step.offset;
  }
  return offset;
}

function enter(document: Document, from: unknown, key: PropertyKey) {
  const node = standsFor(document, from);
  if (isSeq(node) && typeof key === 'number') return place(node.items[key], null);
  if (!isMap(node)) return null;
  const pair = pairsOf(node).get(String(key));
  return pair ? place(pair.value, pair.key) : null;
}

/** A file with an error in each value asks for each key: this walks through the file once, not once for each. */
const known = new WeakMap<YAMLMap, Map<string, Pair>>();
function pairsOf(map: YAMLMap): Map<string, Pair> {
  const pairs =
    known.get(map) ??
    new Map(
      map.items.flatMap((item) => (isScalar(item.key) ? [[String(item.key.value), item] as const] : [])),
    );
  known.set(map, pairs);
  return pairs;
}

/** Finding the target of an alias takes a walk through the whole file. */
const targets = new WeakMap<Alias, unknown>();
function standsFor(document: Document, node: unknown): unknown {
  if (!isAlias(node)) return node;
  const target = targets.get(node) ?? node.resolve(document);
  targets.set(node, target);
  return target;
}

/** A value of a map is reported at its key, an item of a list at the item itself. */
function place(node: unknown, key: unknown) {
  const shown = key ?? node;
  return isNode(shown) && shown.range ? { node, offset: shown.range[0] } : null;
}

function nodeAt(document: Document, path: Path): unknown {
  let node: unknown = document.contents;
  for (const key of path) node = enter(document, node, key)?.node;
  return standsFor(document, node);
}

function plainAt(document: Document, path: Path): string | null {
  const node = nodeAt(document, path);
  return isScalar(node) && node.type === 'PLAIN' ? (node.source ?? null) : null;
}

function keysOf(document: Document, path: Path): string[] {
  const node = nodeAt(document, path);
  return isMap(node) ? node.items.flatMap(({ key }) => (isScalar(key) ? [String(key.value)] : [])) : [];
}
