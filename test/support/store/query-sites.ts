/** Every place in the code that asks or changes a collection by a filter, found by parsing it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseAst } from 'vite';
import { collectionNames } from '../../../server/model/collections.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const METHODS = new Set(['find', 'findOne', 'update', 'updateMany', 'remove', 'count', 'pluck', 'group']);
const COLLECTIONS = new Set<string>(collectionNames);

type Node = { type: string; [member: string]: unknown };
const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof Reflect.get(value, 'type') === 'string';

/** "server/submissions/submit.ts runs.findOne", in the order of the code; one for each call. */
export function querySites(): string[] {
  const files = readdirSync(join(ROOT, 'server'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.startsWith('adapters/'))
    .toSorted();
  return files.flatMap((file) => {
    const source = readFileSync(join(ROOT, 'server', file), 'utf8');
    return [...callsIn(parseAst(source, { lang: 'ts' }))].map((call) => `${file} ${call}`);
  });
}

function* callsIn(value: unknown): Generator<string> {
  if (Array.isArray(value)) {
    for (const one of value) yield* callsIn(one);
    return;
  }
  if (!isNode(value)) return;
  if (value.type === 'CallExpression') {
    const call = callOf(value);
    if (call !== null) yield call;
  }
  for (const member of Object.values(value)) yield* callsIn(member);
}

/** "runs.findOne" of store.runs.findOne(…) and of runs.findOne(…); null: no question to a collection. */
function callOf({ callee, arguments: given }: Node): string | null {
  const [collection, method] = [nameOf(objectOf(callee)), nameOf(callee)];
  if (collection === null || method === null) return null;
  if (!COLLECTIONS.has(collection) || !METHODS.has(method)) return null;
  // A list with the name of a collection is asked with a function.
  const first: unknown = Array.isArray(given) ? given[0] : null;
  const isList = isNode(first) && /Function/.test(first.type);
  return isList ? null : `${collection}.${method}`;
}

const objectOf = (node: unknown): unknown =>
  isNode(node) && node.type === 'MemberExpression' ? node['object'] : null;

/** Of a name, or of the last part of a path to it. */
function nameOf(node: unknown): string | null {
  if (!isNode(node)) return null;
  if (node.type === 'Identifier') return String(node['name']);
  return node.type === 'MemberExpression' && node['computed'] === false ? nameOf(node['property']) : null;
}
