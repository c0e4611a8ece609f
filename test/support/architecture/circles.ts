/** Circles of imports, each once: from its first file in the order of the alphabet around to it again. */
import type { Import } from './imports.ts';

/** Longer ones than this are found by their shorter parts, or not at all. */
const LONGEST = 8;

export function circlesOf(imports: ReadonlyMap<string, readonly Import[]>): string[] {
  const next = new Map(
    [...imports].map(([file, list]) => [file, [...new Set(list.map(({ to }) => to))].sort()] as const),
  );
  const group = groupsOf(next);
  const circles: string[] = [];
  const walk = (first: string, path: readonly string[]) => {
    for (const to of next.get(path.at(-1) ?? '') ?? []) {
      if (to === first) circles.push([...path, first].join(' → '));
      else if (
        group.get(to) === group.get(first) &&
        to > first &&
        !path.includes(to) &&
        path.length < LONGEST
      ) {
        walk(first, [...path, to]);
      }
    }
  };
  for (const file of next.keys()) walk(file, [file]);
  return circles.sort();
}

/** Strongly connected files have the same number (Tarjan 1972), so that circles are looked for among them only. */
function groupsOf(next: ReadonlyMap<string, readonly string[]>): Map<string, number> {
  const [index, low, group] = [
    new Map<string, number>(),
    new Map<string, number>(),
    new Map<string, number>(),
  ];
  const stack: string[] = [];
  const visit = (file: string): number => {
    const own = index.size;
    index.set(file, own);
    stack.push(file);
    let lowest = own;
    for (const to of next.get(file) ?? []) {
      if (!index.has(to)) lowest = Math.min(lowest, visit(to));
      else if (!group.has(to)) lowest = Math.min(lowest, low.get(to) ?? index.get(to) ?? own);
    }
    low.set(file, lowest);
    if (lowest === own) {
      for (const member of stack.splice(stack.indexOf(file))) group.set(member, own);
    }
    return lowest;
  };
  for (const file of next.keys()) if (!index.has(file)) visit(file);
  return group;
}
