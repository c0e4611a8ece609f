/** What a user entered in a course about themselves, for programs. */
import { json, type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { parseInput } from '../../model/parse-input.ts';
import { granted } from '../../model/verb.ts';
import { keepSettings, type SettingsDeps, showSettings } from '../../people/course-verbs.ts';
import { actorOf } from '../door/session.ts';

type Place = { course: string };
const bodySchema = z.record(z.string().max(200), z.union([z.string(), z.number(), z.boolean(), z.null()]));

export function settingsApi(deps: SettingsDeps): Router {
  async function show(req: Request<Place>, res: Response): Promise<void> {
    res.json(await granted(showSettings(deps, actorOf(res), req.params)));
  }

  async function keep(req: Request<Place>, res: Response): Promise<void> {
    const values = parseInput(bodySchema, req.body);
    const answer = await keepSettings(deps, actorOf(res), { ...req.params, values, isForm: false });
    if (answer.ok) return show(req, res);
    const { message, facts } = answer.refusal;
    res.status(422).json({ error: message, faults: facts.faults });
  }

  return Router()
    .get('/courses/:course/settings', show)
    .put('/courses/:course/settings', json({ limit: '64kb' }), keep);
}
