/** gradeport env outdated | update */

import { planShipped } from '../../environments/builds/bases/shipped-environments.ts';
import { updatesOf } from '../../environments/updates/update.ts';
import { type UpdatePlan, updatedSentence } from '../../environments/updates/update-plan.ts';
import { listOutdated, planUpdates, updateImages } from '../../environments/updates/update-verbs.ts';
import { granted } from '../../model/verb.ts';
import { GradeportError } from '../../rules/errors.ts';
import { whoRunsThis } from '../local/who-runs-this.ts';
import { colors, data, harmless, json, table, talk } from '../ui/terminal.ts';
import { type DataOption, type Doing, withSharing } from './sharing/with-sharing.ts';

type JsonOption = { json?: boolean };
type Row = {
  image: string;
  name: string | null;
  state: string;
  local: string | null;
  remote: string | null;
  reason: string;
};

export async function showOutdated(options: DataOption & JsonOption): Promise<void> {
  const rows = await withSharing(options, readRows);
  if (options.json) return json(rows);
  if (rows.length === 0) {
    return talk('Nothing here came from a registry, and none of those that come with Gradeport is built.');
  }
  const cells = rows.map(({ image, name, state, reason }) => [
    harmless(name ?? '-'),
    image,
    state,
    harmless(reason),
  ]);
  data(table(['NAME', 'IMAGE', 'STATE', 'WHY'], cells));
  if (rows.some(({ state }) => state === 'outdated')) talk('To update: gradeport env update --all --dry-run');
}

/** Images from registries, then Gradeport's own. */
async function readRows({ deps, stopped }: Doing): Promise<Row[]> {
  const [fresh, planned] = await Promise.all([
    granted(listOutdated({ sharing: deps }, whoRunsThis(), { stopped })),
    planShipped(deps.images, deps.shipped, null),
  ]);
  const shipped = planned
    .filter(({ state }) => state !== 'missing')
    .map(({ image, recipe, state }): Row => {
      const isStale = state === 'stale';
      return {
        image,
        name: recipe.name,
        state: isStale ? 'outdated' : 'current',
        local: null,
        remote: null,
        reason: isStale
          ? 'Its Dockerfile, or what it is built on, has changed since it was built.'
          : 'It was built from the Dockerfile that is here.',
      };
    });
  return [...fresh, ...shipped];
}

type UpdateOptions = DataOption & JsonOption & { all?: boolean; dryRun?: boolean };

export async function updateAll(names: string[], options: UpdateOptions): Promise<void> {
  if (names.length === 0 && !options.all) {
    throw new GradeportError(
      'usage',
      'Name what to update, or use --all. With --dry-run nothing is changed.',
    );
  }
  await withSharing(options, async ({ deps, news, stopped }) => {
    const [who, wanted, verbs] = [whoRunsThis(), options.all ? null : names, { updates: updatesOf(deps) }];
    if (options.dryRun) {
      const plan = await granted(planUpdates(verbs, who, { names: wanted, stopped }));
      return options.json ? json(plan) : showPlan(plan);
    }
    const work = await granted(updateImages(verbs, who, { names: wanted }));
    const updated = await work.run(news, stopped);
    if (options.json) json(updated);
    else {
      for (const { image } of updated.done) data(image);
      for (const { image, error } of updated.failed) talk(colors.red(`${image}: ${harmless(error)}`));
      showLeft(updated);
      talk(updatedSentence(updated));
    }
    if (updated.failed.length > 0) process.exitCode = 1;
  });
}

function showPlan(plan: UpdatePlan): void {
  const rows = plan.steps.map(({ image, how, why }, index) => [String(index + 1), how, image, harmless(why)]);
  if (rows.length > 0) data(table(['STEP', 'HOW', 'IMAGE', 'WHY'], rows));
  showLeft(plan);
  talk(rows.length === 0 ? 'Nothing to update.' : 'Nothing was changed: this is a dry run.');
}

function showLeft({ left }: Pick<UpdatePlan, 'left'>): void {
  for (const { image, why } of left) talk(colors.yellow(`${image} stays as it is: ${harmless(why)}`));
}
