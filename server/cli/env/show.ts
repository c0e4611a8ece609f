/** gradeport env show: everything about one environment, and the other images that claim its names. */
import { ENVIRONMENTS_FOLDER } from '../../config/config.ts';
import type { Environment } from '../../environments/discovery/environment.ts';
import { findEnvironment } from '../../environments/discovery/environments-of-images.ts';
import { runsAs } from '../../environments/discovery/runs-as.ts';
import { readShipped } from '../../environments/discovery/shipped.ts';
import { suggestEnvironment } from '../../environments/discovery/suggest.ts';
import { shortDigest } from '../../environments/revisions/images/revision-tags.ts';
import { testText } from '../../environments/revisions/tests/sample-test-sentences.ts';
import { GradeportError } from '../../rules/errors.ts';
import { bytesText } from '../../text/quantities.ts';
import { data, harmless, json, table } from '../ui/terminal.ts';

type Rival = { image: string; name: string; reason: string };

/** Other images that claim one of its names and do not get it. */
function rivalsOf(found: Environment, list: readonly Environment[]): Rival[] {
  const names = new Set([found.name, ...found.aliases]);
  return list
    .filter((one) => one !== found)
    .flatMap(({ image, lost }) =>
      lost.filter(({ name }) => names.has(name)).map(({ name, reason }) => ({ image, name, reason })),
    );
}

export async function showEnvironment(
  list: readonly Environment[],
  name: string,
  asJson: boolean,
): Promise<void> {
  const found = findEnvironment(list, name);
  if (!found) {
    const suggestion = suggestEnvironment(name, list, await readShipped(ENVIRONMENTS_FOLDER));
    throw new GradeportError('not-found', suggestion?.sentence ?? `There is no environment "${name}".`);
  }
  const rivals = rivalsOf(found, list);
  const { grader, student, sentence } = runsAs(found);
  if (asJson) return json({ ...found, uid: { grader, student }, rivals });
  const { size, languages, aliases, ports, lost, tested, update, samples, ...rest } = found;
  const fields = {
    ...rest,
    size: bytesText(size),
    languages: languages.join(', '),
    aliases: aliases.join(', '),
    'runs as': sentence,
    samples: samples ?? '',
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
