/** gradeport env layers: the steps that made an image. */

import { listLayers } from '../../../environments/discovery/environment-verbs.ts';
import { instructionOf } from '../../../environments/registries/history-step.ts';
import { granted } from '../../../model/verb.ts';
import { bytesText } from '../../../text/quantities.ts';
import { whoRunsThis } from '../../local/who-runs-this.ts';
import { data, harmless, json, table } from '../../ui/terminal.ts';
import { type DataOption, withSharing } from './with-sharing.ts';

const MAX_COMMAND = 120;

export async function showLayers(
  name: string,
  { json: asJson, ...where }: DataOption & { json?: boolean },
): Promise<void> {
  const steps = await withSharing(where, ({ deps }) =>
    granted(listLayers({ environments: deps, images: deps.images }, whoRunsThis(), { name })),
  );
  if (asJson) return json(steps);
  const rows = steps.map(({ command, size, createdMs }) => [
    bytesText(size),
    new Date(createdMs).toISOString().slice(0, 10),
    harmless(instructionOf(command)).slice(0, MAX_COMMAND),
  ]);
  data(table(['SIZE', 'CREATED', 'MADE BY'], rows));
}
