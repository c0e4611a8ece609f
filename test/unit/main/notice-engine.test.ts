/** What the log says about an engine that is odd. */
import { expect, test, vi } from 'vitest';
import { noticing } from '../../../server/main/notice-engine.ts';
import type { EngineInfo } from '../../../server/ports/engine/containers.ts';
import { SCRIPTED_INFO } from '../../support/engine-info.ts';
import { fakeContainers } from '../../support/engine-ports.ts';

function watch() {
  let now: EngineInfo = SCRIPTED_INFO;
  const warn = vi.fn();
  const { info } = noticing(fakeContainers({ info: async () => now }), { warn }, () => 0);
  const answers = async (change: Partial<EngineInfo>) => {
    now = { ...SCRIPTED_INFO, ...change };
    await info();
  };
  const said = () => warn.mock.calls.map(([, sentence]) => String(sentence));
  return { answers, said };
}

test('an engine that another one replaces is warned of once', async () => {
  const { answers, said } = watch();
  for (const id of ['ONE', 'ONE', 'TWO', 'TWO']) await answers({ id });
  expect(said()).toEqual([expect.stringContaining('another container engine than before')]);
});

test('a clock that is a minute off is warned of once, and again after it was right', async () => {
  const { answers, said } = watch();
  for (const clockMs of [59_000, Number.NaN, -61_000, 61_000]) await answers({ clockMs });
  expect(said()).toEqual([expect.stringContaining('more than a minute off')]);
  for (const clockMs of [0, 61_000]) await answers({ clockMs });
  expect(said()).toHaveLength(2);
});
