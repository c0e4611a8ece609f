/** Images of a test in a registry with a password: pushed from here, and then only there. */

import { type PullRequest, pull } from '../../../server/environments/registries/pull.ts';
import { push } from '../../../server/environments/registries/push.ts';
import { readFreshness } from '../../../server/environments/updates/outdated.ts';
import { LOGIN, openRegistry } from '../registry.ts';
import { importImage } from '../tiny-image.ts';
import { never, openSharingHouse } from './sharing-house.ts';

export type RegistryHouse = Awaited<ReturnType<typeof openRegistryHouse>>;

/** @param name the grading name of what it publishes */
export async function openRegistryHouse(name: string) {
  const local = `gradeport-test/${name}:latest`;
  const labels = { 'org.gradeport.grading.name': name, 'org.gradeport.grading.title': 'Shared' };
  const registry = await openRegistry();
  const house = openSharingHouse();
  await house.credentials.save(registry.host, LOGIN, 'olga');
  const at = (rest: string) => `${registry.host}/${rest}`;
  const request = (rest: string, more: Partial<PullRequest> = {}): PullRequest => ({
    reference: at(rest),
    any: false,
    by: 'olga',
    ...more,
  });
  /** From the registry, and from here. */
  const forgetAll = async () => {
    await house.forget(registry.host);
    await house.forget(local);
    // Kept by the history for its own use.
    await house.forget(`gradeport-revision/${name}`);
  };
  const pushAs = async (
    image: string,
    rest: string,
    about: Record<string, string>,
    content: string | Buffer,
  ) => {
    await importImage(image, about, content);
    const id = await house.idOf(image);
    const { pinned } = await push(house.sharing, { name: image, reference: at(rest) }, house.news, never);
    return { id, pinned };
  };
  return {
    ...house,
    host: registry.host,
    name,
    local,
    labels,
    at,
    request,
    forgetAll,
    pulling: (rest: string, more: Partial<PullRequest> = {}) =>
      pull(house.sharing, request(rest, more), house.news, never),
    /** In the registry, and not in the engine any more. */
    async publish(rest: string, about: Record<string, string> = labels, content: string | Buffer = 'x') {
      const pushed = await pushAs(local, rest, about, content);
      await house.forget(registry.host);
      await house.forget(local);
      return pushed;
    },
    /** The registry gets another image under this name, as from another machine: here the name stays where it is. */
    async publishBeside(rest: string, about: Record<string, string>): Promise<string | null> {
      const held = await house.idOf(at(rest));
      const temporary = `gradeport-test/${name}-beside:latest`;
      const id = await pushAs(temporary, rest, about, `other ${rest}`).then((pushed) => pushed.id);
      const [repo = '', tag] = rest.split(':');
      await house.docker.getImage(held ?? '').tag({ repo: at(repo), tag: tag ?? 'latest' });
      await house.docker.getImage(id ?? '').remove({ force: true });
      return id;
    },
    /** What readFreshness says of images from this registry. */
    freshness: async () =>
      (await readFreshness(house.sharing)).filter(({ image }) => image.startsWith(registry.host)),
    async close(): Promise<void> {
      await house.close();
      await registry.close();
    },
  };
}
