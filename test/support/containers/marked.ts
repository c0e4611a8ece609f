/** What carries a test's mark in its environment: that of the test, whoever else uses the engine. */
import type Docker from 'dockerode';
import { openClient } from '../../../server/adapters/docker/client.ts';

const docker = openClient();

type Inspected = { Config: { Env: string[] | null } };

/** Of a list, what can still be looked at and has an entry that begins with the mark. */
async function marked<T extends Inspected>(mark: string, looks: Promise<T>[]): Promise<T[]> {
  const found = await Promise.allSettled(looks);
  return found
    .flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    .filter(({ Config }) => Config.Env?.some((entry) => entry.startsWith(mark)));
}

/** Running or not. */
export async function containersWith(mark: string): Promise<Docker.ContainerInspectInfo[]> {
  const list = await docker.listContainers({ all: true });
  return marked(
    mark,
    list.map(({ Id }) => docker.getContainer(Id).inspect()),
  );
}

export async function imagesWith(mark: string): Promise<Docker.ImageInspectInfo[]> {
  const list = await docker.listImages({ all: true });
  return marked(
    mark,
    list.map(({ Id }) => docker.getImage(Id).inspect()),
  );
}
