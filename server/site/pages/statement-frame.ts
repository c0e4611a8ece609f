/**
 * A text of a task with its teacher's scripts, for a frame: a document without an origin that may load nothing. What it
 * needs is written into it.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { readBeneath } from '../../courses/read-beneath.ts';
import type { Task } from '../../courses/task.ts';
import { needsFrame } from '../../courses/text/framed.ts';
import { renderFramed } from '../../courses/text/render.ts';
import { baseOf } from '../../courses/text/text-place.ts';
import { localiseTask } from '../../courses/translations/localise.ts';
import type { User } from '../../model/collections.ts';
import { parseInput } from '../../model/parse-input.ts';
import { GradeportError } from '../../rules/errors.ts';
import { actorOf } from '../door/session.ts';
import { render } from '../render.ts';
import type { Lookup } from '../requests/find-visible.ts';
import { type ReadPublic, withFiles } from '../requests/framed-files.ts';
import { languageOf } from '../requests/language.ts';
import { publicFolder } from './public-files.ts';

type Place = { course: string; task: string; problem?: string };
type Deps = { webFolder: string; clock: () => number };

/** Scripts may do all that needs nothing but this document; "sandbox" holds where the address is opened alone, too. */
const POLICY = Object.entries({
  'default-src': ["'none'"],
  'script-src': ["'unsafe-inline'", "'unsafe-eval'", 'data:'],
  'style-src': ["'unsafe-inline'", 'data:'],
  'img-src': ['data:'],
  'media-src': ['data:'],
  'font-src': ['data:'],
  // Scripts in "data:" make no threads: a frame that is taken away must leave none.
  'worker-src': ["'none'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
  'frame-ancestors': ["'self'"],
  sandbox: ['allow-scripts'],
})
  .map(([name, values]) => [name, ...values].join(' '))
  .join('; ');

/** INGInious' pages have jQuery. */
const JQUERY = createRequire(import.meta.url)
  .resolve('jquery')
  .replace(/jquery(\.module)?\.js$/, 'jquery.min.js');
const USES_JQUERY = /\$\s*[(.]|\bjQuery\b/;

const shownSchema = z.object({
  random: z
    .string()
    .max(12_000)
    .transform((text) => z.array(z.number()).parse(JSON.parse(text))),
});

export function statementFrames(lookup: Lookup, { webFolder, clock }: Deps): Router {
  const built = (name: string): Promise<string> => readFile(join(webFolder, 'dist', name), 'utf8');

  async function show(req: Request<Place>, res: Response): Promise<void> {
    const user = actorOf(res);
    const lang = languageOf(req);
    const found = await lookup.taskOf(user, req.params.course, req.params.task);
    const task = localiseTask(found.task, lang);
    const { around, text } = textsOf(task, req.params.problem);
    const place = { course: task.course, task: task.id };
    const base = baseOf(place);
    const read = reading(lookup, user, task.course);
    const framed = async (source: string): Promise<string> =>
      withFiles(await renderFramed(place, source, clock()), { course: task.course, base }, read);
    const [style, script, aroundHtml, html] = await Promise.all([
      built('statement-frame.css'),
      built('statement-frame.js').then(inScope),
      framed(around),
      framed(text),
    ]);
    const input = { '@lang': lang, '@username': user.name, '@random': shownNumbers(req), '@state': '' };
    const jquery = USES_JQUERY.test(aroundHtml + html) ? [await readFile(JQUERY, 'utf8')] : [];
    const scripts = [script, ...jquery, `input=${asScript(input)}`];
    res.removeHeader('X-Frame-Options');
    res.set('Content-Security-Policy', POLICY);
    render(res, 'statement-frame', { layout: false, style, scripts, aroundHtml, html });
  }

  return Router()
    .get('/courses/:course/tasks/:task/frame', show)
    .get('/courses/:course/tasks/:task/frame/:problem', show);
}

/** INGInious shows all texts on one page: a problem's scripts may use what the description's have made. */
function textsOf({ context, problems }: Task, problem: string | undefined): { around: string; text: string } {
  if (problem === undefined) return { around: '', text: context };
  const text = problems.find(({ id }) => id === problem)?.header;
  if (text === undefined) throw new GradeportError('not-found', 'This task has no such problem.');
  return { around: needsFrame(context) ? context : '', text };
}

const reading =
  (lookup: Lookup, user: User, course: string): ReadPublic =>
  async (task, path, maxBytes) => {
    const folder = await publicFolder(lookup, user, { course, task }).catch((error: unknown) => {
      if (error instanceof GradeportError) return null;
      throw error;
    });
    return folder && readBeneath(folder.top, [...folder.names, ...path], maxBytes);
  };

/** The numbers that the page around the frame shows. */
function shownNumbers({ query }: Request): readonly number[] {
  try {
    return parseInput(shownSchema, query).random;
  } catch {
    throw new GradeportError(
      'usage',
      'Open the page of the task: it says which numbers this text is to show.',
    );
  }
}

/** Its short names are not in the way of those of the text. */
const inScope = (script: string): string => `(() => {${script}})();`;

/** JSON as part of a script: nothing in it ends the script. */
const asScript = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');
