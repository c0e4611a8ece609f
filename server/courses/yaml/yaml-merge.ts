/** Maps that merge other maps ("<<: *defaults"): resolved once, so that every reader sees plain maps. */
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

/** How many values and maps one file may merge in all. Real defaults have a dozen; a hostile file has billions. */
const MAX_TAKEN = 100_000;

const isMerge = ({ key }: Pair): boolean => isScalar(key) && typeof key.value === 'symbol';
const nameOf = ({ key }: Pair): unknown => (isScalar(key) ? String(key.value) : key);

type Targets = ReadonlyMap<unknown, Node>;
/** Called with the map that is about to be merged. */
type Spend = (values: number) => void;

/** Merges as PyYAML does. Fails with a sentence if there is no map to merge, or too much. */
export function mergeMaps(document: Document): void {
  // In the order of the file: the target of an alias is resolved before the maps that merge it.
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

/** In one walk: the lookup of an alias's target walks through the whole file each time. */
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

/** The merged pairs of a map; of two pairs with the same name the later counts. */
function taken(targets: Targets, { items }: YAMLMap, spend: Spend): Pair[] {
  const found: Pair[] = [];
  for (const { value } of items.filter(isMerge)) {
    for (const source of sourcesOf(targets, value)) {
      // Counted first: an empty map that is merged again and again costs time, too.
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

/** A map's own pairs come last and take precedence. */
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
