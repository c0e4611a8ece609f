/** Maps that take over other maps' pairs ("<<: *defaults"): done once, so that every reader sees them as plain maps. */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  visit,
  type YAMLMap,
} from 'yaml';

/** Values in all that is taken over. Defaults of tasks have a dozen; a file made for harm has billions. */
const MAX_TAKEN = 100_000;

const isMerge = ({ key }: Pair): boolean => isScalar(key) && typeof key.value === 'symbol';
const nameOf = ({ key }: Pair): unknown => (isScalar(key) ? String(key.value) : key);

/** As PyYAML does. Fails with a sentence where there is nothing to take over, or too much. */
export function mergeMaps(document: Document): void {
  // In the order of the file: what an alias stands for is done before whoever takes it over.
  const maps: YAMLMap[] = [];
  visit(document, { Map: (_, map) => void maps.push(map) });
  let left = MAX_TAKEN;
  for (const map of maps) {
    const found = taken(document, map);
    for (const pair of found) {
      left -= sizeOf(pair);
      if (left < 0) throw new Error('"<<" takes over too much.');
    }
    if (map.items.some(isMerge)) map.items = withoutOthers(map, found);
  }
}

/** Of all that a map takes over; of two pairs with one name the later counts. */
const taken = (document: Document, { items }: YAMLMap): Pair[] =>
  items
    .filter(isMerge)
    .flatMap(({ value }) => sourcesOf(document, value))
    .flatMap((source) => source.items.filter((pair) => !isMerge(pair)));

/** A map's own pairs come last and count. */
function withoutOthers(map: YAMLMap, found: readonly Pair[]): Pair[] {
  const own = map.items.filter((pair) => !isMerge(pair));
  const names = new Set(own.map(nameOf));
  const others = new Map(found.map((pair) => [nameOf(pair), pair]));
  return [...[...others.values()].filter((pair) => !names.has(nameOf(pair))), ...own];
}

function sourcesOf(document: Document, value: unknown): YAMLMap[] {
  const resolve = (node: unknown) => (isAlias(node) ? node.resolve(document) : node);
  const from = resolve(value);
  const sources = isSeq(from) ? from.items.map(resolve).reverse() : [from];
  if (sources.every((source) => isMap(source))) return sources;
  throw new Error('"<<" needs a map, or a list of maps.');
}

function sizeOf(pair: Pair): number {
  let size = 0;
  const count = () => {
    size += 1;
  };
  visit(pair.value as Node | null, { Node: count });
  return size + 1;
}
