import { expect, test } from 'vitest';
import { followLayers } from '../../../../server/environments/registries/layer-progress.ts';
import type { JobProgress } from '../../../../server/jobs/port.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const [one, two] = ['a'.repeat(12), 'b'.repeat(12)];

function follow(sizes: { digest: string; size: number }[]) {
  const lines: string[] = [];
  const bars: JobProgress[] = [];
  const news = {
    line: (text: string) => void lines.push(text),
    progress: (at: JobProgress) => void bars.push(at),
  };
  const tell = followLayers(news, 'downloading', sizes);
  return {
    lines,
    bars,
    tell: (layer: string, status: string, done: number | null = null, total: number | null = null) =>
      tell({ layer, status, done, total }),
  };
}

test('all layers together make one bar, and what is here already counts as done', () => {
  const { bars, tell } = follow([
    { digest: digest('a'), size: 1000 },
    { digest: digest('b'), size: 3000 },
  ]);
  tell(one, 'Already exists');
  expect(bars.at(-1)).toEqual({ step: 'downloading', done: 1000, total: 4000, unit: 'bytes' });
  tell(two, 'Downloading', 1500, 3000);
  expect(bars.at(-1)).toMatchObject({ done: 2500, total: 4000 });
  tell(two, 'Download complete');
  expect(bars.at(-1)).toMatchObject({ done: 4000, total: 4000 });
});

test('unpacking does not turn the bar back', () => {
  const { bars, tell } = follow([{ digest: digest('a'), size: 1000 }]);
  tell(one, 'Download complete');
  tell(one, 'Extracting', 1, 1000);
  expect(bars.at(-1)).toMatchObject({ done: 1000 });
});

test('the log has a line for each thing that happens to a layer, the bar a step only when it would be seen', () => {
  const { lines, bars, tell } = follow([{ digest: digest('a'), size: 1_000_000 }]);
  for (let done = 0; done <= 1_000_000; done += 100) tell(one, 'Downloading', done, 1_000_000);
  expect(lines).toEqual([`${one}: Downloading`]);
  expect(bars.length).toBe(201);
});

test('a layer that was not announced counts from when it is heard of', () => {
  const { bars, tell } = follow([]);
  tell(one, 'Preparing');
  expect(bars.at(-1)).toMatchObject({ total: null });
  tell(one, 'Pushing', 10, 100);
  expect(bars.at(-1)).toMatchObject({ done: 10, total: 100 });
});
