/** Takes the names from images that a test's installation gave, and images that have no other name with them. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openEngine } from '../../server/adapters/open-engine.ts';
import { installationId } from '../../server/config/installation-id.ts';
import { isKeptBy } from '../../server/environments/revisions/images/revision-tags.ts';

/** @param data the folder of the installation, whose server has ended */
export async function forgetImages(data: string): Promise<void> {
  if (!existsSync(join(data, 'installation-id'))) return;
  const installation = await installationId(data);
  const engine = openEngine();
  try {
    for (const { tags } of await engine.images.list())
      for (const tag of tags.filter((name) => isKeptBy(installation, name))) await engine.images.untag(tag);
  } finally {
    await engine.close();
  }
}
