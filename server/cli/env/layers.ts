/** gradeport env layers: the steps that made an image. */

import { instructionOf } from '../../environments/registries/history-step.ts';
import { GradeportError } from '../../rules/errors.ts';
import { bytesText } from '../../text/quantities.ts';
import { data, harmless, json, table } from '../ui/terminal.ts';
import { type DataOption, withSharing } from './with-sharing.ts';

const MAX_COMMAND = 120;

export async function showLayers(
  name: string,
  { json: asJson, ...where }: DataOption & { json?: boolean },
): Promise<void> {
  const steps = await withSharing(where, async ({ deps }) => {
    const image = (await deps.find(name))?.digest ?? name;
    if ((await deps.images.inspect(image)) !== null) return deps.images.history(image);
    throw new GradeportError('not-found', `There is no environment and no image "${name}".`);
  });
  if (asJson) return json(steps);
  const rows = steps.map(({ command, size, createdMs }) => [
    bytesText(size),
    new Date(createdMs).toISOString().slice(0, 10),
    harmless(instructionOf(command)).slice(0, MAX_COMMAND),
  ]);
  data(table(['SIZE', 'CREATED', 'MADE BY'], rows));
}
