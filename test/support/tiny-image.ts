/** An image of one small file, made by the engine from a tar: in a tenth of a second. */

import { Readable } from 'node:stream';
import { openClient } from '../../server/adapters/docker/client.ts';
import { makeTar } from './tar-files.ts';

export async function importImage(
  tag: string,
  labels: Record<string, string>,
  content: string | Buffer = 'x',
): Promise<void> {
  const docker = openClient();
  const files = await makeTar([{ name: 'hello', content }]);
  const changes = Object.entries(labels).map(([key, value]) => `LABEL ${key}=${JSON.stringify(value)}`);
  const colon = /:[^/]*$/.exec(tag)?.index ?? tag.length;
  const stream = await docker.importImage(Readable.from(files), {
    repo: tag.slice(0, colon),
    tag: tag.slice(colon + 1) || 'latest',
    changes,
  });
  await new Promise((resolve) => docker.modem.followProgress(stream, resolve));
}
