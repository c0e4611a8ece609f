/** A dot plot as SVG: one row per measure, median and p95 on a logarithmic axis. Readable on light and dark. */

export type PlotRow = { label: string; median: number; p95: number; group: 'docker' | 'cold' | 'warm' };

const WIDTH = 760;
const LABEL_WIDTH = 290;
const RIGHT = 90;
const ROW = 26;
const TOP = 56;
const BOTTOM = 44;

/** Colours are readable on white and on near-black; the shapes distinguish the groups without colour. */
const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .small { font-size: 11px; fill: #59636e; }
  .title { font-size: 15px; font-weight: 600; }
  .grid { stroke: #d1d9e0; stroke-width: 1; }
  .docker { stroke: #9a6700; fill: #9a6700; } .cold { stroke: #0969da; fill: #0969da; } .warm { stroke: #1a7f37; fill: #1a7f37; }
  .range { stroke-width: 2; opacity: 0.55; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; } .small { fill: #9198a1; } .grid { stroke: #3d444d; }
    .docker { stroke: #d29922; fill: #d29922; } .cold { stroke: #58a6ff; fill: #58a6ff; } .warm { stroke: #3fb950; fill: #3fb950; }
  }
`;

export function plot(title: string, rows: readonly PlotRow[]): string {
  const height = TOP + rows.length * ROW + BOTTOM;
  const axis = createAxis(rows);
  const body = [
    `<text class="title" x="12" y="24">${escapeXml(title)}</text>`,
    `<text class="small" x="12" y="42">dot: median · line: to the 95th percentile · milliseconds, logarithmic</text>`,
    ...axis.ticks.map((tick) => gridLine(axis.x(tick), tick, height - BOTTOM)),
    ...rows.map((row, index) => rowOf(row, TOP + (index + 0.5) * ROW, axis.x)),
  ];
  const label = `${title}: ${rows.map((row) => `${row.label} ${format(row.median)} ms`).join('; ')}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escapeXml(label)}">
<style>${STYLE}</style>
${body.join('\n')}
</svg>
`;
}

/** From a power of ten at or below the smallest value to one at or above the largest. */
function createAxis(rows: readonly PlotRow[]) {
  const low = Math.floor(Math.log10(Math.min(...rows.map(({ median }) => median))));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...rows.map(({ p95 }) => p95)))));
  const width = WIDTH - LABEL_WIDTH - RIGHT;
  const x = (value: number): number => LABEL_WIDTH + ((Math.log10(value) - low) / (high - low)) * width;
  const ticks = Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index));
  return { x, ticks };
}

const gridLine = (x: number, tick: number, bottom: number): string =>
  `<line class="grid" x1="${at(x)}" x2="${at(x)}" y1="${TOP}" y2="${bottom}"/><text class="small" x="${at(x)}" y="${bottom + 18}" text-anchor="middle">${tick}</text>`;

function rowOf({ label, median, p95, group }: PlotRow, y: number, x: (value: number) => number): string {
  const [from, to] = [x(median), x(Math.max(median, p95))];
  return [
    `<text x="${LABEL_WIDTH - 12}" y="${at(y + 4)}" text-anchor="end">${escapeXml(label)}</text>`,
    `<line class="${group} range" x1="${at(from)}" x2="${at(to)}" y1="${at(y)}" y2="${at(y)}"/>`,
    mark(group, from, y),
    `<text class="small" x="${at(to + 8)}" y="${at(y + 4)}">${format(median)}</text>`,
  ].join('');
}

function mark(group: PlotRow['group'], x: number, y: number): string {
  if (group === 'warm') return `<circle class="warm" cx="${at(x)}" cy="${at(y)}" r="5"/>`;
  if (group === 'cold') {
    return `<rect class="cold" x="${at(x - 4.5)}" y="${at(y - 4.5)}" width="9" height="9"/>`;
  }
  return `<path class="docker" d="M${at(x)} ${at(y - 6)}l6 6l-6 6l-6-6z"/>`;
}

const at = (value: number): string => String(Math.round(value * 10) / 10);
const format = (ms: number): string => (ms >= 100 ? ms.toFixed(0) : ms.toFixed(1));

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escapeXml = (text: string): string => text.replace(/[&<>"]/g, (char) => ENTITIES[char] ?? char);
