/** GET /metrics: how the server does, for Prometheus and programs that read its format. */
import { type RequestHandler, Router } from 'express';
import type { SlotStats } from '../../ports/slots.ts';
import type { AppDeps } from '../deps.ts';
import { requireWatcher } from '../door/require-metrics-reader.ts';
import { type Metric, metricsText, type Sample } from './metrics-text.ts';

const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

const metric = (type: Metric['type']) => (name: string, help: string, samples: Sample[] | number) => ({
  name: `gradeport_${name}`,
  help,
  type,
  samples: typeof samples === 'number' ? [{ value: samples }] : samples,
});
const counter = metric('counter');
const gauge = metric('gauge');

type Deps = Pick<AppDeps, 'store' | 'environments' | 'slots' | 'runCounts' | 'config'>;

export function metrics(deps: Deps): Router {
  const show: RequestHandler = async (req, res) => {
    requireWatcher(deps.config, req, res);
    res.type(CONTENT_TYPE).send(metricsText(await collect(deps)));
  };
  return Router().get('/metrics', show);
}

async function collect({ store, environments, slots, runCounts }: Deps): Promise<Metric[]> {
  const [waiting, running] = await Promise.all([
    store.runs.count({ state: 'queued' }),
    store.runs.count({ state: 'running' }),
  ]);
  const { verdicts, totalMs } = runCounts();
  const list = environments.list();
  const available = list.filter((one) => one.available).length;
  return [
    gauge('engine_up', 'Whether the container engine answers.', environments.engine().ok ? 1 : 0),
    gauge('environments', 'Images that announce themselves.', [
      { labels: { state: 'available' }, value: available },
      { labels: { state: 'unavailable' }, value: list.length - available },
    ]),
    gauge('runs_waiting', 'Runs in the queue.', waiting),
    gauge('runs_running', 'Runs being graded.', running),
    counter(
      'runs_total',
      'Runs that ended since the server started.',
      Object.entries(verdicts).map(([verdict, value]) => ({ labels: { verdict }, value })),
    ),
    counter('run_seconds_total', 'Time from taking runs to their verdicts, added up.', totalMs / 1000),
    ...slotMetrics(slots.stats()),
  ];
}

/** Environment and runtime may have several keys (limits, network, course): added up. */
function waitingPerPlace({ keys }: SlotStats): Sample[] {
  const sums = new Map<string, { labels: Record<string, string>; value: number }>();
  for (const { environment, runtime, idle } of keys) {
    const key = JSON.stringify([environment, runtime]);
    const value = (sums.get(key)?.value ?? 0) + idle;
    sums.set(key, { labels: { environment, runtime }, value });
  }
  return [...sums.values()];
}

const slotMetrics = (stats: SlotStats): Metric[] => [
  counter('slot_requests_total', 'Runs that found a slot waiting (hit) or had to wait for one (miss).', [
    { labels: { result: 'hit' }, value: stats.hits },
    { labels: { result: 'miss' }, value: stats.misses },
  ]),
  gauge('slots_waiting', 'Slots that wait for a run.', waitingPerPlace(stats)),
  gauge('slots_opening', 'Slots being made ahead.', stats.opening),
  counter('slot_refills_total', 'Slots made ahead.', stats.refills),
  counter('slot_refill_seconds_total', 'Time that making them took, added up.', stats.refillMs / 1000),
];
