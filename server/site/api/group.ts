/** The groups of a course, for programs. Students may put themselves in and out where the course allows it. */
import { json, type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { parseInput } from '../../model/parse-input.ts';
import { granted } from '../../model/verb.ts';
import {
  changeGroup,
  createGroup,
  dissolveGroup,
  enterGroup,
  type GroupDeps,
  leaveGroup,
  type ShownGroup,
  showGroups,
} from '../../people/group-verbs.ts';
import { actorOf } from '../door/session.ts';

type Place = { course: string };
type OfGroup = Place & { group: string };
type OfMember = OfGroup & { name: string };
const bodySchema = z.record(z.string(), z.unknown(), { error: 'expected an object' });

const groupJson = ({ id, name, size, taken, people, own }: ShownGroup) => ({
  id,
  name,
  size,
  taken,
  own,
  members: people?.map((one) => one.name) ?? null,
});

export function groupApi(deps: GroupDeps): Router {
  async function list(req: Request<Place>, res: Response): Promise<void> {
    const { course } = req.params;
    const found = await granted(showGroups(deps, actorOf(res), { course }));
    const shown = { mayChoose: found.mayChoose, groups: found.groups.map(groupJson) };
    res.json(found.staff ? { ...shown, without: found.without.map(({ name }) => name) } : shown);
  }

  /** Answers with the group as the reader sees it now. */
  async function tell(res: Response, course: string, id: string, status = 200): Promise<void> {
    const { groups } = await granted(showGroups(deps, actorOf(res), { course }));
    const group = groups.find((one) => one.id === id);
    res.status(status).json(group ? groupJson(group) : null);
  }

  async function create(req: Request<Place>, res: Response): Promise<void> {
    const { course } = req.params;
    const wanted = { ...parseInput(bodySchema, req.body), course };
    const { id } = await granted(createGroup(deps, actorOf(res), wanted));
    await tell(res, course, id, 201);
  }

  async function change(req: Request<OfGroup>, res: Response): Promise<void> {
    const { course, group } = req.params;
    await granted(changeGroup(deps, actorOf(res), { ...parseInput(bodySchema, req.body), course, group }));
    await tell(res, course, group);
  }

  async function dissolve(req: Request<OfGroup>, res: Response): Promise<void> {
    await granted(dissolveGroup(deps, actorOf(res), req.params));
    res.status(204).end();
  }

  const member =
    (verb: typeof enterGroup | typeof leaveGroup) =>
    async (req: Request<OfMember>, res: Response): Promise<void> => {
      await granted(verb(deps, actorOf(res), req.params));
      await tell(res, req.params.course, req.params.group);
    };

  const body = json({ limit: '16kb' });
  return Router()
    .get('/courses/:course/groups', list)
    .post('/courses/:course/groups', body, create)
    .patch('/courses/:course/groups/:group', body, change)
    .delete('/courses/:course/groups/:group', dissolve)
    .put('/courses/:course/groups/:group/members/:name', member(enterGroup))
    .delete('/courses/:course/groups/:group/members/:name', member(leaveGroup));
}
