/** The groups of a course, for programs. A student may enter and leave under the own name, where the course allows. */
import { json, type Request, type Response, Router } from 'express';
import { actorOf } from '../door/session.ts';
import type { GroupService, ShownGroup } from '../requests/group-service.ts';

type Place = { course: string };
type OfGroup = Place & { group: string };
type OfMember = OfGroup & { name: string };

const groupJson = ({ id, name, size, taken, people, own }: ShownGroup) => ({
  id,
  name,
  size,
  taken,
  own,
  members: people?.map((one) => one.name) ?? null,
});

export function groupApi(service: GroupService): Router {
  async function list(req: Request<Place>, res: Response): Promise<void> {
    const { groups, staff, without, mayChoose } = await service.show(actorOf(res), req.params.course);
    const shown = { mayChoose, groups: groups.map(groupJson) };
    res.json(staff ? { ...shown, without: without.map(({ name }) => name) } : shown);
  }

  /** As its reader sees it now. */
  async function tell(res: Response, course: string, id: string, status = 200): Promise<void> {
    const { groups } = await service.show(actorOf(res), course);
    const group = groups.find((one) => one.id === id);
    res.status(status).json(group ? groupJson(group) : null);
  }

  async function create(req: Request<Place>, res: Response): Promise<void> {
    const { course } = req.params;
    const { id } = await service.create(actorOf(res), course, req.body);
    await tell(res, course, id, 201);
  }

  async function change(req: Request<OfGroup>, res: Response): Promise<void> {
    const { course, group } = req.params;
    await service.change(actorOf(res), course, group, req.body);
    await tell(res, course, group);
  }

  async function dissolve(req: Request<OfGroup>, res: Response): Promise<void> {
    await service.dissolve(actorOf(res), req.params.course, req.params.group);
    res.status(204).end();
  }

  const member =
    (verb: 'enter' | 'leave') =>
    async (req: Request<OfMember>, res: Response): Promise<void> => {
      const { course, group, name } = req.params;
      await service[verb](actorOf(res), course, group, name);
      await tell(res, course, group);
    };

  const body = json({ limit: '16kb' });
  return Router()
    .get('/courses/:course/groups', list)
    .post('/courses/:course/groups', body, create)
    .patch('/courses/:course/groups/:group', body, change)
    .delete('/courses/:course/groups/:group', dissolve)
    .put('/courses/:course/groups/:group/members/:name', member('enter'))
    .delete('/courses/:course/groups/:group/members/:name', member('leave'));
}
