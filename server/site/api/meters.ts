/** Metrics that are counted as events happen. Each app has its own registry, because one process may open several. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { RunEvent } from '../../model/run-events.ts';
import { ATTACK_KINDS, type AttackKind } from '../../rules/stopped-attacks.ts';
import { VERDICTS } from '../../rules/verdict.ts';

export type Meters = {
  registry: Registry;
  /** Counts runs as they are published, without reading the store. */
  saw(runId: string, event: RunEvent): void;
  /** How long the event loop kept others waiting, in ms. */
  loopWas(delay: { p50: number; p99: number; max: number }): void;
  /** A view was rendered to a page. */
  rendered(view: string, ms: number): void;
  /** An attack was stopped. */
  stopped(kind: AttackKind): void;
};

/** @param ofProcess also measure processor time, memory and the event loop of this process: once in a process */
export function createMeters({ clock, ofProcess }: { clock: () => number; ofProcess: boolean }): Meters {
  const registry = new Registry();
  if (ofProcess) collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const verdicts = new Counter({
    name: 'gradeport_runs_total',
    help: 'Runs that ended since the server started.',
    labelNames: ['verdict'],
    registers,
  });
  for (const verdict of VERDICTS) verdicts.inc({ verdict }, 0);
  const runSeconds = new Counter({
    name: 'gradeport_run_seconds_total',
    help: 'Time from taking runs to their verdicts, added up.',
    registers,
  });
  const queueSeconds = new Histogram({
    name: 'gradeport_run_queue_seconds',
    help: 'Time that runs waited in the queue.',
    buckets: [0.01, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 900],
    registers,
  });
  const startSeconds = new Histogram({
    name: 'gradeport_container_start_seconds',
    help: 'Time from taking runs to their graders’ start.',
    buckets: [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10],
    registers,
  });
  const gradingSeconds = new Histogram({
    name: 'gradeport_grading_seconds',
    help: 'Time that graders took.',
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
    registers,
  });
  const renderSeconds = new Histogram({
    name: 'gradeport_render_seconds',
    help: 'Time that rendering pages took.',
    labelNames: ['view'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1],
    registers,
  });
  const attacks = attacksIn(registry);
  const loopSeconds = loopDelayIn(registry);
  /** When each waiting run was queued, by run id. */
  const queuedAt = new Map<string, number>();

  return {
    registry,
    saw(runId, event) {
      if (event.type === 'queued' || event.type === 'requeued') queuedAt.set(runId, clock());
      if (event.type !== 'starting' && event.type !== 'done') return;
      const since = queuedAt.get(runId);
      queuedAt.delete(runId);
      if (event.type === 'starting') {
        if (since !== undefined) queueSeconds.observe(Math.max(0, clock() - since) / 1000);
        return;
      }
      const { verdict, timings } = event.outcome;
      verdicts.inc({ verdict });
      runSeconds.inc(timings.totalMs / 1000);
      // A quiz needs no container, and a run that was stopped early never got one.
      if (timings.startMs > 0) startSeconds.observe(timings.startMs / 1000);
      if (timings.graderMs > 0) gradingSeconds.observe(timings.graderMs / 1000);
    },
    loopWas({ p50, p99, max }) {
      for (const [quantile, ms] of Object.entries({ '0.5': p50, '0.99': p99, '1': max }))
        loopSeconds.set({ quantile }, ms / 1000);
    },
    rendered: (view, ms) => renderSeconds.observe({ view }, ms / 1000),
    stopped: (kind) => attacks.inc({ kind }),
  };
}

function attacksIn(registry: Registry) {
  const attacks = new Counter({
    name: 'gradeport_stopped_attacks_total',
    help: 'Attacks that were stopped since the server started.',
    labelNames: ['kind'],
    registers: [registry],
  });
  for (const kind of ATTACK_KINDS) attacks.inc({ kind }, 0);
  return attacks;
}

const loopDelayIn = (registry: Registry) =>
  new Gauge({
    name: 'gradeport_event_loop_delay_seconds',
    help: 'How long everything waited for the event loop, in the last ten seconds.',
    labelNames: ['quantile'],
    registers: [registry],
  });
