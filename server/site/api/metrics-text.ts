/** Numbers in Prometheus' text format, version 0.0.4: a few lines, so no library. */

export type Sample = { labels?: Record<string, string>; value: number };
export type Metric = {
  name: string;
  help: string;
  type: 'counter' | 'gauge';
  samples: readonly Sample[];
};

const escapeLabel = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');

function sampleLine(name: string, { labels = {}, value }: Sample): string {
  const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escapeLabel(text)}"`);
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`;
}

/** Help texts are ours and hold no line ends. */
export const metricsText = (metrics: readonly Metric[]): string =>
  metrics
    .flatMap(({ name, help, type, samples }) => [
      `# HELP ${name} ${help}`,
      `# TYPE ${name} ${type}`,
      ...samples.map((sample) => sampleLine(name, sample)),
    ])
    .join('\n')
    .concat('\n');
