/** The labels of an image that count. Its history is asked only where both families of labels are there and differ. */
import type { HistoryStep } from '../../../ports/engine/images.ts';
import {
  type CountingLabels,
  countingLabels,
  differingKeys,
} from '../../../ports/engine/which-labels-count.ts';

/** Images whose answer is remembered: an image does not change, and no machine has so many that need it. */
const MAX_KNOWN = 500;

export type ImageLabels = {
  of(image: string, labels: Record<string, string> | null | undefined): Promise<CountingLabels>;
};

export function createImageLabels(historyOf: (image: string) => Promise<HistoryStep[]>): ImageLabels {
  const known = new Map<string, CountingLabels>();
  return {
    async of(image, given) {
      const labels = given ?? {};
      if (differingKeys(labels).length === 0) return { labels };
      const seen = known.get(image);
      if (seen) return seen;
      const history = await historyOf(image).catch(() => null);
      // Removed since it was listed, or damaged: that is no reason to list no image. The next list asks again.
      if (history === null) return countingLabels(labels, []);
      const found = countingLabels(labels, history);
      const [oldest] = known.keys();
      if (known.size >= MAX_KNOWN && oldest !== undefined) known.delete(oldest);
      known.set(image, found);
      return found;
    },
  };
}
