/** For development only: /dev/partials shows every partial in every state; ?only=verdict shows one. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Router } from 'express';
import Handlebars from 'handlebars';
import { helpersIn } from '../../web/helpers.ts';
import type { PageLanguage } from '../../web/languages.ts';
import { SAMPLES } from '../../web/samples/partials.ts';
import type { Sample } from '../../web/samples/texts.ts';
import type { PartialsPage } from '../../web/view-models.ts';
import { languageFor } from './page-language.ts';
import { render } from './render.ts';
import { nav } from './show/nav.ts';

export function allPartialsPage(webFolder: string): Router {
  return Router().get('/dev/partials', async (req, res) => {
    const language = languageFor(res);
    const only = req.query['only'];
    const samples = (await renderSamples(webFolder, language)).filter(
      ({ partial }) => only === undefined || partial === only,
    );
    render(res, 'all-partials', { ...nav(null, '', language.t('site.partials')), samples });
  });
}

export async function renderSamples(
  webFolder: string,
  language: PageLanguage,
): Promise<PartialsPage['samples']> {
  const handlebars = Handlebars.create();
  handlebars.registerHelper(helpersIn(language));
  const folder = join(webFolder, 'views/partials');
  for (const path of await readdir(folder, { recursive: true })) {
    if (path.endsWith('.hbs'))
      handlebars.registerPartial(basename(path, '.hbs'), await readFile(join(folder, path), 'utf8'));
  }
  let count = 0;
  return SAMPLES.map((sample) => {
    const template = handlebars.compile(templateOf(sample));
    const states = Object.entries(sample.states).map(([state, model]) => {
      count += 1;
      return { state, html: withOwnIds(template(model), count) };
    });
    return { partial: sample.partial, states };
  });
}

function templateOf({ partial, inside }: Sample): string {
  const call = `{{> ${partial}}}`;
  switch (inside) {
    case 'list':
      return `<ul class="cards">${call}</ul>`;
    case 'table':
      return `<div class="table-scroll" role="region" aria-label="{{name}}" tabindex="0"><table class="list-table"><tbody>${call}</tbody></table></div>`;
    case 'select':
      return `<select aria-label="${partial}">${call}</select>`;
    case 'problem':
      return `<section class="problem"><h4 id="label-{{id}}">{{name}}</h4>${call}<p id="error-{{id}}">{{error}}</p></section>`;
    case 'output':
      return `<div class="output" tabindex="0" role="group" aria-label="${partial}">${call}</div>`;
    case 'block':
      return `{{#> ${partial} title=title}}<p>{{text}}</p>{{/${partial}}}`;
    default:
      return call;
  }
}

/** The page shows each partial many times, so ids, references to ids and field names get a number. */
function withOwnIds(html: string, count: number): string {
  return html
    .replace(
      /\b(id|for|name|aria-labelledby|aria-describedby)="([^"]+)"/g,
      (_, attribute: string, value: string) => `${attribute}="${value.replace(/\S+/g, `$&-${count}`)}"`,
    )
    .replace(/href="#([^"]+)"/g, `href="#$1-${count}"`)
    .replace(/(<section id="terminal-section[^>]*) hidden>/, '$1>');
}
