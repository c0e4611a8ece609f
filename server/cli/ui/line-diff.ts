/** The differences between two texts, line by line, short enough to read. */
const CONTEXT = 1;

/** Lines begin with "-" (only before), "+" (only after) or " " (both); at most `most` lines. */
export function lineDiff(before: string, after: string, most = 12): string[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  const shortest = Math.min(old.length, now.length);
  let head = 0;
  while (head < shortest && old[head] === now[head]) head += 1;
  let tail = 0;
  while (tail < shortest - head && old.at(-1 - tail) === now.at(-1 - tail)) tail += 1;
  const lines = [
    ...old.slice(Math.max(0, head - CONTEXT), head).map((line) => `  ${line}`),
    ...cut(old.slice(head, old.length - tail), '- ', most / 2),
    ...cut(now.slice(head, now.length - tail), '+ ', most / 2),
  ];
  return [
    ...lines,
    ...old
      .slice(old.length - tail)
      .slice(0, CONTEXT)
      .map((line) => `  ${line}`),
  ];
}

function cut(lines: string[], mark: string, most: number): string[] {
  const shown = lines.slice(0, most).map((line) => mark + line);
  return lines.length > most ? [...shown, `${mark}… ${lines.length - most} more lines`] : shown;
}
