/** gradeport env list: every environment of this machine, and why some cannot be used. */
import { seeEnvironments } from '../../environments/discovery/environment-verbs.ts';
import { granted } from '../../model/verb.ts';
import { bytesText } from '../../text/quantities.ts';
import { whoRunsThis } from '../local/who-runs-this.ts';
import { colors, data, harmless, json, table, talk } from '../ui/terminal.ts';
import { lookHere } from './look.ts';

export type LookOptions = { json?: boolean; data?: string };

export async function printEnvironments({ json: asJson, data: folder }: LookOptions): Promise<void> {
  const { images: list } = await granted(seeEnvironments(await lookHere(folder), whoRunsThis(), {}));
  if (asJson) return json(list);
  if (list.length === 0) {
    return talk(
      'There is no environment yet. Build an image with LABEL org.gradeport.grading.name=<name>; it appears at once.',
    );
  }
  const rows = list.map((environment) => [
    harmless(environment.name),
    environment.image,
    environment.digest.replace('sha256:', '').slice(0, 12),
    bytesText(environment.size),
    environment.created.slice(0, 10),
    environment.runtime ?? '-',
    [environment.needRoot ? 'root' : '', environment.needGpu ? 'gpu' : ''].filter(Boolean).join(',') || '-',
    harmless(environment.title),
  ]);
  data(table(['NAME', 'IMAGE', 'DIGEST', 'SIZE', 'CREATED', 'RUNTIME', 'NEEDS', 'TITLE'], rows));
  for (const { name, reason, available } of list) {
    if (!available) talk(colors.yellow(`${harmless(name)} cannot be used: ${reason}`));
  }
  for (const { image, available, lost } of list) {
    if (available) for (const { reason } of lost) talk(colors.yellow(`${image}: ${harmless(reason)}`));
  }
}
