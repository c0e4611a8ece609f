import { setTimeout as pause } from 'node:timers/promises';
import { type RequestHandler, Router } from 'express';
import type { AwaitedEnvironment } from '../../model/awaited.ts';
import type { AppDeps } from '../deps.ts';

/** The longest wait for the store; monitors and load balancers wait a few seconds at most. */
const PATIENCE_MS = 2000;

/**
 * /healthz: this process runs; always 200, since a restart would not bring a store or an engine back. /readyz: this
 * process can serve; 503 without a store. Pages work without an engine.
 */
export function health({
  store,
  environments,
  way,
  paused,
  awaited,
}: Pick<AppDeps, 'store' | 'environments' | 'way' | 'paused' | 'awaited'>): Router {
  const state = async () => {
    const asked = store.users.get('').then(
      () => true,
      () => false,
    );
    const storeAnswers = await Promise.race([asked, pause(PATIENCE_MS, false, { ref: false })]);
    const engine = environments.engine().ok;
    const why = paused?.() ?? null;
    const waits = awaitedText(awaited?.() ?? []);
    return {
      ok: engine && storeAnswers && why === null,
      engine,
      store: storeAnswers,
      ...(way && { way: await way() }),
      ...(why !== null && { paused: why }),
      ...(waits !== null && { waiting: waits }),
    };
  };
  const alive: RequestHandler = async (_req, res) => {
    res.json(await state());
  };
  const ready: RequestHandler = async (_req, res) => {
    const now = await state();
    res.status(now.store ? 200 : 503).json(now);
  };
  return Router().get('/healthz', alive).get('/readyz', ready);
}

/** No fault of the server, which grades everything else; without names, because anybody may ask. */
function awaitedText(awaited: readonly AwaitedEnvironment[]): string | null {
  if (awaited.length === 0) return null;
  const runs = awaited.reduce((sum, one) => sum + one.runs, 0);
  const waiting = runs === 1 ? '1 run waits' : `${runs} runs wait`;
  const away = awaited.length === 1 ? 'an environment' : `${awaited.length} environments`;
  return `${waiting} for ${away} that cannot grade now: the page of environments tells operators why.`;
}
