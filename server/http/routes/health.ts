import { type RequestHandler, Router } from 'express';
import type { AppDeps } from '../deps.ts';

/** 503 only without a store: without an engine pages still work, and a restart would not bring it back. */
export function health({ store, environments }: AppDeps): Router {
  const show: RequestHandler = async (_req, res) => {
    const engine = environments.engine().ok;
    const storeAnswers = await store.users.get('').then(
      () => true,
      () => false,
    );
    res.status(storeAnswers ? 200 : 503).json({ ok: engine && storeAnswers, engine, store: storeAnswers });
  };
  return Router().get('/healthz', show);
}
