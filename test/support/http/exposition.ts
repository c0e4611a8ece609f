/** Reads Prometheus' text format, and fails where a line is not of it. */

const HELP = /^# HELP ([a-z_]\w*) .+$/;
const TYPE = /^# TYPE ([a-z_]\w*) (counter|gauge|histogram|summary)$/;
const SAMPLE =
  /^([a-z_]\w*)(?:\{((?:[a-z_]\w*="(?:[^"\\\n]|\\[\\"n])*",?)+)\})? (-?[\d.]+(?:e[+-]?\d+)?|\+Inf|NaN|Nan)$/;
const LABEL = /([a-z_]\w*)="((?:[^"\\]|\\.)*)"/g;

export type Exposition = {
  /** "name{a="1",b="2"}", labels in the order of the alphabet; undefined: there is no such sample. */
  value(sample: string): number | undefined;
  types: ReadonlyMap<string, string>;
};

export function readExposition(text: string): Exposition {
  const types = new Map<string, string>();
  const helped = new Set<string>();
  const values = new Map<string, number>();
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const [, help] = HELP.exec(line) ?? [];
    const [, typed, type] = TYPE.exec(line) ?? [];
    if (help !== undefined) helped.add(help);
    else if (typed !== undefined && type !== undefined) types.set(typed, type);
    else readSample(line, types, values);
  }
  for (const name of types.keys()) if (!helped.has(name)) throw new Error(`${name} has no HELP`);
  return { value: (sample) => values.get(sample), types };
}

function readSample(line: string, types: ReadonlyMap<string, string>, values: Map<string, number>): void {
  const [, name = '', labels = '', value] = SAMPLE.exec(line) ?? [];
  if (value === undefined) throw new Error(`no sample: ${line}`);
  const of = name.replace(/_(bucket|sum|count)$/, '');
  if (!types.has(name) && !types.has(of)) throw new Error(`${name} has no TYPE`);
  const pairs = [...labels.matchAll(LABEL)].map(([, key, text]) => `${key}="${text}"`).sort();
  const key = pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`;
  if (values.has(key)) throw new Error(`${key} is there twice`);
  values.set(key, Number(value.replace('+Inf', 'Infinity')));
}
