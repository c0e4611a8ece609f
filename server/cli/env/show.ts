/** gradeport env show: everything about one environment, and the other images that claim its names. */
import { showEnvironment } from '../../environments/discovery/environment-verbs.ts';
import { shortDigest } from '../../environments/revisions/images/revision-tags.ts';
import { testText } from '../../environments/revisions/tests/sample-test-sentences.ts';
import { granted } from '../../model/verb.ts';
import { bytesText } from '../../text/quantities.ts';
import { whoRunsThis } from '../local/who-runs-this.ts';
import { data, harmless, json, table } from '../ui/terminal.ts';
import type { LookOptions } from './list.ts';
import { lookHere } from './look.ts';

export async function printEnvironment(
  name: string,
  { json: asJson, data: folder }: LookOptions,
): Promise<void> {
  const shown = await granted(showEnvironment(await lookHere(folder), whoRunsThis(), { name }));
  const { environment: found, rivals } = shown;
  const { grader, student, sentence } = shown.runsAs;
  if (asJson) return json({ ...found, uid: { grader, student }, rivals });
  const { size, languages, aliases, ports, lost, tested, update, samples, whichLabels, ...rest } = found;
  const fields = {
    ...rest,
    size: bytesText(size),
    languages: languages.join(', '),
    aliases: aliases.join(', '),
    'runs as': sentence,
    samples: samples ?? '',
    ...(whichLabels !== undefined && { labels: whichLabels }),
    tested: tested
      ? `${testText(tested)} (${tested.at.slice(0, 16).replace('T', ' ')} UTC, ${tested.runtime})`
      : '',
    update: update ? `${update.image} (${shortDigest(update.digest)}): ${update.state}` : '',
    ports: ports.length === 0 ? '' : `${ports.join(', ')} (announced; none is opened)`,
  };
  const rows = Object.entries(fields).map(([key, value]) => [key, String(value)]);
  for (const { reason } of lost) rows.push(['not its name', reason]);
  for (const { image, name: claimed } of rivals) rows.push(['also claims', `${image} claims "${claimed}"`]);
  data(
    table(
      ['FIELD', 'VALUE'],
      rows.map((row) => row.map(harmless)),
    ),
  );
}
