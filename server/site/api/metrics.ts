/** GET /metrics: the server's state, for Prometheus and programs that read its format. */
import { type RequestHandler, Router } from 'express';
import { Counter, Gauge, Registry } from 'prom-client';
import type { SlotStats } from '../../ports/slots.ts';
import type { AppDeps } from '../deps.ts';
import { requireWatcher } from '../door/require-metrics-reader.ts';

type Sample = { labels: Record<string, string>; value: number };
type Read = () => readonly Sample[] | number | Promise<number>;

type Deps = Pick<
  AppDeps,
  'store' | 'environments' | 'slots' | 'meters' | 'config' | 'paused' | 'awaited' | 'amounts'
>;

export function metrics(deps: Deps): Router {
  const registry = Registry.merge([deps.meters.registry, readWhenAsked(deps)]);
  const show: RequestHandler = async (req, res) => {
    requireWatcher(deps.config, req, res);
    res.type(registry.contentType).send(await registry.metrics());
  };
  return Router().get('/metrics', show);
}

/** Values that other parts count already, or that are read at this moment. */
function readWhenAsked(deps: Deps): Registry {
  const { store, slots, amounts } = deps;
  const registry = new Registry();
  const gauge = measure(Gauge, registry);
  const counter = measure(Counter, registry);

  environmentGauges(gauge, deps);
  gauge('stored_bytes', 'Submissions and reports of all users.', () => amounts?.bytesInAll() ?? 0);
  gauge('runs_waiting', 'Runs in the queue.', () => store.runs.count({ state: 'queued' }));
  gauge('runs_running', 'Runs being graded.', () => store.runs.count({ state: 'running' }));
  counter(
    'slot_requests_total',
    'Runs that found a slot waiting (hit) or had to wait for one (miss).',
    () => [
      { labels: { result: 'hit' }, value: slots.stats().hits },
      { labels: { result: 'miss' }, value: slots.stats().misses },
    ],
    ['result'],
  );
  gauge('slots_waiting', 'Slots that wait for a run.', () => waitingPerPlace(slots.stats()), [
    'environment',
    'runtime',
  ]);
  gauge('slots_opening', 'Slots being made ahead.', () => slots.stats().opening);
  counter('slot_refills_total', 'Slots made ahead.', () => slots.stats().refills);
  counter(
    'slot_refill_seconds_total',
    'Time that making them took, added up.',
    () => slots.stats().refillMs / 1000,
  );
  return registry;
}

/** The engine, its environments, and what runs wait for. */
function environmentGauges(gauge: ReturnType<typeof measure>, { environments, paused, awaited }: Deps): void {
  gauge('engine_up', 'Whether the container engine answers.', () => (environments.engine().ok ? 1 : 0));
  gauge(
    'environments',
    'Images that announce themselves.',
    () => {
      const list = environments.list();
      const available = list.filter((one) => one.available).length;
      return [
        { labels: { state: 'available' }, value: available },
        { labels: { state: 'unavailable' }, value: list.length - available },
      ];
    },
    ['state'],
  );
  gauge(
    'paused',
    'Whether all runs wait for the machine, and why.',
    () => {
      const reason = paused?.() ?? null;
      return reason === null ? 0 : [{ labels: { reason }, value: 1 }];
    },
    ['reason'],
  );
  gauge(
    'runs_awaiting_environment',
    'Runs that wait because their environment cannot grade now.',
    () => (awaited?.() ?? []).map(({ environment, runs }) => ({ labels: { environment }, value: runs })),
    ['environment'],
  );
}

/** Gauges and counters differ only in the type that Prometheus sees: both show what was read. */
const measure =
  (Kind: typeof Gauge | typeof Counter, registry: Registry) =>
  (name: string, help: string, read: Read, labelNames: string[] = []) =>
    new Kind({
      name: `gradeport_${name}`,
      help,
      labelNames,
      registers: [registry],
      async collect() {
        const samples = samplesOf(await read());
        // A counter has no set(). Nothing may wait in between: two readers at once would add their values up.
        this.reset();
        for (const { labels, value } of samples) this.inc(labels, value);
      },
    });

const samplesOf = (read: readonly Sample[] | number): readonly Sample[] =>
  typeof read === 'number' ? [{ labels: {}, value: read }] : read;

/** One environment and runtime may have several keys (limits, network, course): their values are added up. */
function waitingPerPlace({ keys }: SlotStats): Sample[] {
  const sums = new Map<string, Sample>();
  for (const { environment, runtime, idle } of keys) {
    const key = JSON.stringify([environment, runtime]);
    const value = (sums.get(key)?.value ?? 0) + idle;
    sums.set(key, { labels: { environment, runtime }, value });
  }
  return [...sums.values()];
}
