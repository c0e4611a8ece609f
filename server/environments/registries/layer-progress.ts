/** Turns the engine's news of each layer into one progress bar and a readable log. Pure except for its memory. */

import type { JobNews } from '../../jobs/port.ts';
import type { LayerNews } from '../../ports/engine/transfers.ts';

/** A bar of a screen's width has no more steps. */
const STEPS = 200;
/** The engine names a layer by this many digits of its digest. */
const SHORT = 12;
const FINISHED = /^(?:Download complete|Pull complete|Already exists|Layer already exists|Pushed|Mounted)/;
const MOVING = /^(?:Downloading|Pushing)/;

type Layer = { status: string; done: number; total: number };

/** @param sizes the sizes of the layers by digest, if they are known beforehand */
export function followLayers(
  news: JobNews,
  step: string,
  sizes: readonly { digest: string; size: number }[] = [],
): (news: LayerNews) => void {
  const layers = new Map<string, Layer>(
    sizes.map(({ digest, size }) => [shortOf(digest), { status: '', done: 0, total: size }]),
  );
  let shown = -1;
  return ({ layer, status, done, total }) => {
    const known = layers.get(layer) ?? { status: '', done: 0, total: 0 };
    const isNew = status !== known.status;
    known.status = status;
    if (MOVING.test(status)) {
      known.total = total ?? known.total;
      known.done = done ?? known.done;
    }
    if (FINISHED.test(status)) known.done = known.total;
    layers.set(layer, known);
    if (isNew) news.line(`${layer}: ${status}`);
    const [sum, all] = added([...layers.values()]);
    const at = all === 0 ? 0 : Math.floor((sum / all) * STEPS);
    if (at === shown) return;
    shown = at;
    news.progress({ step, done: sum, total: all === 0 ? null : all, unit: 'bytes' });
  };
}

const shortOf = (digest: string): string => digest.replace('sha256:', '').slice(0, SHORT);

const added = (layers: readonly Layer[]): [number, number] => [
  layers.reduce((sum, { done, total }) => sum + Math.min(done, total), 0),
  layers.reduce((sum, { total }) => sum + total, 0),
];
