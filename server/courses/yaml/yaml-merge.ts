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

/** Values in all that is taken over, and maps that are asked for some. Defaults of tasks have a dozen; a file made for harm has billions. */
const MAX_TAKEN = 100_000;

const isMerge = ({ key }: Pair): boolean => isScalar(key) && typeof key.value === 'symbol';
const nameOf = ({ key }: Pair): unknown => (isScalar(key) ? String(key.value) : key);

type Targets = ReadonlyMap<unknown, Node>;
/** Called with what is about to be taken over. */
type Spend = (values: number) => void;

/** As PyYAML does. Fails with a sentence where there is nothing to take over, or too much. */
export function mergeMaps(document: Document): void {
  // In the order of the file: what an alias stands for is done before whoever takes it over.
  const { maps, targets } = survey(document);
  let left = MAX_TAKEN;
  const spend = (values: number): void => {
    left -= values;
    if (left < 0) throw new Error('"<<" takes over too much.');
  };
  for (const map of maps) {
    if (map.items.some(isMerge)) map.items = withoutOthers(map, taken(targets, map, spend));
  }
}

/** In one walk: an alias that is asked what it stands for walks through the whole file each time. */
function survey(document: Document): { maps: YAMLMap[]; targets: Targets } {
  const maps: YAMLMap[] = [];
  const targets = new Map<unknown, Node>();
  const anchors = new Map<string, Node>();
  visit(document, {
    Node(_, node) {
      if (isMap(node)) maps.push(node);
      const target = isAlias(node) ? anchors.get(node.source) : undefined;
      if (target) targets.set(node, target);
      else if (!isAlias(node) && node.anchor) anchors.set(node.anchor, node);
    },
  });
  return { maps, targets };
}

/** Of all that a map takes over; of two pairs with one name the later counts. */
function taken(targets: Targets, { items }: YAMLMap, spend: Spend): Pair[] {
  const found: Pair[] = [];
  for (const { value } of items.filter(isMerge)) {
    for (const source of sourcesOf(targets, value)) {
      // Before it is looked at: an empty map that is taken over for ever costs time, too.
      spend(1 + source.items.length);
      for (const pair of source.items) {
        if (isMerge(pair)) continue;
        spend(sizeOf(pair));
        found.push(pair);
      }
    }
  }
  return found;
}

/** A map's own pairs come last and count. */
function withoutOthers(map: YAMLMap, found: readonly Pair[]): Pair[] {
  const own = map.items.filter((pair) => !isMerge(pair));
  const names = new Set(own.map(nameOf));
  const others = new Map(found.map((pair) => [nameOf(pair), pair]));
  return [...[...others.values()].filter((pair) => !names.has(nameOf(pair))), ...own];
}

function sourcesOf(targets: Targets, value: unknown): YAMLMap[] {
  const resolve = (node: unknown) => (isAlias(node) ? targets.get(node) : node);
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
