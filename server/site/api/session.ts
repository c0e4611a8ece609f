/** Signing in and out, for programs. */
import { json, type RequestHandler, Router } from 'express';
import { z } from 'zod';
import { parseInput } from '../../model/parse-input.ts';
import { granted } from '../../model/verb.ts';
import { actorOf } from '../door/session.ts';
import type { SignInOut } from '../door/sign-in-out.ts';

const bodySchema = z.strictObject({
  name: z.string().max(200),
  password: z.string(),
  code: z.string().max(100).default(''),
});

export function sessionApi({ enter, leave }: SignInOut): Router {
  const show: RequestHandler = (_req, res) => {
    const { name, operator } = actorOf(res);
    res.json({ name, operator });
  };

  const signIn: RequestHandler = async (req, res) => {
    const body = parseInput(bodySchema, req.body);
    const { name, operator } = await granted(enter(req, res, body));
    res.json({ name, operator });
  };

  const signOut: RequestHandler = async (_req, res) => {
    await leave(res);
    res.status(204).end();
  };

  return Router()
    .get('/session', show)
    .post('/session', json({ limit: '16kb' }), signIn)
    .delete('/session', signOut);
}
