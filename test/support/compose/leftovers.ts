/** What a deployment keeps in the engine for its next start, which a test's does not have. */
import type { Project } from './project.ts';
import { mustRun, tryRun } from './run.ts';

/** @returns the id in its data volume; "" when there is none */
export const installationOf = async (project: Project | undefined): Promise<string> =>
  ((await project?.sh('cat /data/installation-id').catch(() => '')) ?? '').trim();

/** Kept names of images, and volumes of runs that were under way. */
export async function removeLeftovers(installation: string): Promise<void> {
  if (installation === '') return;
  const names = await mustRun('docker', ['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}']);
  const kept = names.split('\n').filter((name) => name.endsWith(`-${installation}`));
  if (kept.length > 0) await tryRun('docker', ['image', 'rm', ...kept]);
  const label = `label=org.gradeport.instance=server:/data@${installation}`;
  const volumes = (await mustRun('docker', ['volume', 'ls', '--quiet', '--filter', label]))
    .split('\n')
    .filter(Boolean);
  if (volumes.length > 0) await tryRun('docker', ['volume', 'rm', ...volumes]);
}
