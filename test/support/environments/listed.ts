/** The environments of some images, where no history decides. */
import type { Aliases, Environment } from '../../../server/environments/discovery/environment.ts';
import { environmentsOf } from '../../../server/environments/discovery/environments-of-images.ts';
import { listEnvironments } from '../../../server/environments/discovery/list-environments.ts';
import type { ImageSummary } from '../../../server/ports/engine/images.ts';

export const listed = (
  images: readonly ImageSummary[],
  aliases: Aliases = {},
  runtimes: readonly string[] = ['runc'],
): Environment[] => listEnvironments(environmentsOf(images, runtimes, {}), aliases);
