/** Addresses of INGInious' pages lead to the same page here: links in statements, mails and platforms keep working. */
import { type Request, type Response, Router } from 'express';
import { courseHref, taskHref } from '../show/hrefs.ts';

const queryOf = ({ originalUrl }: Request): string => {
  const at = originalUrl.indexOf('?');
  return at < 0 ? '' : originalUrl.slice(at);
};

export function inginiousAddresses(): Router {
  const toCourse = (req: Request<{ course: string }>, res: Response) =>
    res.redirect(courseHref(req.params.course) + queryOf(req));
  const toTask = (req: Request<{ course: string; task: string }>, res: Response) =>
    res.redirect(taskHref(req.params.course, req.params.task) + queryOf(req));
  return Router().get('/course/:course', toCourse).get('/course/:course/:task', toTask);
}
