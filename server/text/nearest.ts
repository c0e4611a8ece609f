/** "Did you mean …?": the known word that a word was probably meant to be. */

/** null: none is near, or the word is too long for a misspelling. The word itself counts as near. */
export function nearest(word: string, known: readonly string[]): string | null {
  if (word.length > 100) return null;
  const distances = known.map((each) => [distance(normal(word), normal(each)), each] as const);
  const [best] = distances.sort(([a], [b]) => a - b);
  return best && best[0] <= Math.max(1, Math.floor(word.length / 4)) ? best[1] : null;
}

const normal = (word: string): string => word.toLowerCase().replaceAll('-', '_');

/** How many letters must be changed, added, taken out or exchanged with their neighbour. */
function distance(from: string, to: string): number {
  let before: number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const same = from[i - 1] === to[j - 1];
      const exchanged = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      const costs = [(row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (same ? 0 : 1)];
      next.push(Math.min(...costs, exchanged ? (before[j - 2] ?? 0) + 1 : Infinity));
    }
    before = row;
    row = next;
  }
  return row[to.length] ?? 0;
}
