/** What one told a course about oneself, for programs. */
import { json, type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { parseInput } from '../../model/parse-input.ts';
import { actorOf } from '../door/session.ts';
import type { SettingsService } from '../requests/settings-service.ts';

type Place = { course: string };
const bodySchema = z.record(z.string().max(200), z.union([z.string(), z.number(), z.boolean(), z.null()]));

export function settingsApi(service: SettingsService): Router {
  async function show(req: Request<Place>, res: Response): Promise<void> {
    const { course, settings } = await service.show(actorOf(res), req.params.course);
    res.json({ fields: course.fields, settings });
  }

  async function keep(req: Request<Place>, res: Response): Promise<void> {
    const values = new Map(Object.entries(parseInput(bodySchema, req.body)));
    const faults = await service.keep(actorOf(res), req.params.course, { values, isForm: false });
    if (faults === null) return show(req, res);
    res.status(422).json({ error: 'Nothing was kept: some fields are not as the course asks.', faults });
  }

  return Router()
    .get('/courses/:course/settings', show)
    .put('/courses/:course/settings', json({ limit: '64kb' }), keep);
}
