/**
 * Spreads of a literal within a literal (`{ ...{ a, b } }`): they save lines, hide keys from search, and defeat the check
 * for keys that a type does not have. `node test/support/architecture/spreads.ts file …` takes them out.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseSync, Visitor } from 'oxc-parser';

type Cut = readonly [start: number, end: number];

/** What must go for each to be gone: its dots and brackets. */
export function spreadsIn(file: string, source: string): Cut[][] {
  const found: Cut[][] = [];
  new Visitor({
    ObjectExpression({ properties }) {
      for (const part of properties) {
        if (part.type !== 'SpreadElement' || part.argument.type !== 'ObjectExpression') continue;
        const inner = part.argument.properties;
        const [first, last] = [inner.at(0), inner.at(-1)];
        if (!first || !last) continue;
        found.push([
          [part.start, first.start],
          [last.end, part.end],
        ]);
      }
    },
  }).visit(parseSync(file, source).program);
  return found;
}

export function withoutSpreads(file: string, source: string): string {
  const cuts = spreadsIn(file, source).flat();
  return cuts
    .toSorted(([a], [b]) => b - a)
    .reduce((text, [start, end]) => text.slice(0, start) + text.slice(end), source);
}

if (import.meta.main) {
  for (const file of process.argv.slice(2)) {
    writeFileSync(file, withoutSpreads(file, readFileSync(file, 'utf8')));
  }
}
