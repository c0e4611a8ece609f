/** gradeport env pull | push | search */

import type { Looked } from '../../../environments/registries/look-at-image.ts';
import { type Pulled, pulledSentence } from '../../../environments/registries/pull.ts';
import {
  lookAtImage,
  pullImage,
  pushImage,
  searchImages,
} from '../../../environments/registries/registry-verbs.ts';
import { TRUST_WORDS } from '../../../environments/registries/why-trusted.ts';
import { granted } from '../../../model/verb.ts';
import { bytesText } from '../../../text/quantities.ts';
import { whoRunsThis } from '../../local/who-runs-this.ts';
import { colors, data, harmless, json, table, talk } from '../../ui/terminal.ts';
import { type DataOption, withSharing } from './with-sharing.ts';

type JsonOption = { json?: boolean };

export async function pullAll(
  references: string[],
  options: DataOption & JsonOption & { any?: boolean },
): Promise<void> {
  const pulled = await withSharing(options, async ({ deps, news, stopped }) => {
    const who = whoRunsThis();
    const all: Pulled[] = [];
    for (const reference of references) {
      const looked = await granted(lookAtImage({ sharing: deps }, who, { reference, stopped }));
      talk(`${reference}: ${harmless(inShort(looked))}`);
      // The pulled image must be the one that was shown.
      const wanted = { reference, any: options.any === true, expected: looked.digest };
      const work = await granted(pullImage({ sharing: deps }, who, wanted));
      all.push(await work.run(news, stopped));
    }
    return all;
  });
  if (options.json) return json(pulled);
  for (const one of pulled) {
    data(one.image);
    talk(harmless(pulledSentence(one)));
  }
}

function inShort({ environment, here, downloadBytes, layers, runtime, reason }: Looked): string {
  const what = environment ? `environment "${environment.name}", ${environment.title}` : 'no environment';
  const size = here ? 'here already' : `${bytesText(downloadBytes)} in ${layers} layers`;
  return `${what}; ${size}; ${runtime === null ? reason : `runs on ${reason}`}`;
}

export async function pushTo(
  name: string,
  reference: string,
  options: DataOption & JsonOption,
): Promise<void> {
  const pushed = await withSharing(options, async ({ deps, news, stopped }) => {
    const work = await granted(pushImage({ sharing: deps }, whoRunsThis(), { name, reference }));
    return work.run(news, stopped);
  });
  if (options.json) return json(pushed);
  data(pushed.pinned);
  talk(`Others get it with: gradeport env pull ${pushed.image}`);
}

export async function searchFor(words: string[], options: JsonOption): Promise<void> {
  const found = await withSharing({}, ({ deps, stopped }) =>
    granted(searchImages({ sharing: deps }, whoRunsThis(), { words: words.join(' '), stopped })),
  );
  if (options.json) return json(found);
  if (found.length === 0) return talk('Nothing was found.');
  const rows = found.map(({ name, stars, trust, refused, description }) => [
    name,
    String(stars),
    [...trust.map((one) => TRUST_WORDS[one]), ...(refused === null ? [] : ['Not allowed here'])].join(', ') ||
      'Anybody’s',
    harmless(description).replace(/\s+/g, ' ').slice(0, 80),
  ]);
  data(table(['NAME', 'STARS', 'TRUST', 'DESCRIPTION'], rows));
  talk(
    colors.dim(
      'What one is, before it is downloaded: gradeport env pull <name> tells, and asks its registry.',
    ),
  );
}
