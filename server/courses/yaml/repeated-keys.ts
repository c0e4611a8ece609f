/** Keys that a map has more than once, at any depth: all but the last have no effect, and no other check sees them. */
import { isMap, isScalar, isSeq, type YAMLMap } from 'yaml';

/** Readers would ignore a longer list. */
const MAX_REPEATED = 20;

type Repeated = { name: string; offset: number };

/** What stands more than once, with the offset of each later one. */
export function repeatedKeys(contents: unknown): Repeated[] {
  const found: Repeated[] = [];
  const walk = (node: unknown, path: readonly string[]): void => {
    if (found.length >= MAX_REPEATED) return;
    if (isSeq(node)) for (const [index, item] of node.items.entries()) walk(item, [...path, String(index)]);
    if (!isMap(node)) return;
    found.push(...repeatedIn(node, path));
    for (const { key, value } of node.items) walk(value, [...path, isScalar(key) ? String(key.value) : '?']);
  };
  walk(contents, []);
  return found.sort((a, b) => a.offset - b.offset).slice(0, MAX_REPEATED);
}

function repeatedIn(map: YAMLMap, path: readonly string[]): Repeated[] {
  const seen = new Set<string>();
  return map.items.flatMap(({ key }) => {
    // The sign of a merge is a symbol: a map may take over several others.
    if (!isScalar(key) || typeof key.value === 'symbol') return [];
    const name = String(key.value);
    const isRepeated = seen.has(name);
    seen.add(name);
    return isRepeated ? [{ name: [...path, name].join('.').slice(0, 200), offset: key.range?.[0] ?? 0 }] : [];
  });
}
