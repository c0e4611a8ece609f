/** For which processor an image is made, and whether this engine's machine runs its programs. */
import { readFile } from 'node:fs/promises';
import type Docker from 'dockerode';
import type { ImageProcessor } from '../../../ports/engine/images.ts';
import { asking, statusOf } from '../errors.ts';

/** Names of emulators in the kernel's list (binfmt_misc), where they differ from those of images. */
const EMULATORS: Record<string, string> = { amd64: 'x86_64', arm64: 'aarch64', '386': 'i386' };
const HANDLERS = '/proc/sys/fs/binfmt_misc';
/** What a processor runs beside its own programs. */
const ALSO: Record<string, readonly string[]> = { amd64: ['386'], arm64: ['arm'] };

export type Processors = {
  /** undefined: the image is made for this machine, or is gone. */
  foreign(image: string): Promise<ImageProcessor | undefined>;
};

/** @param handlers the kernel's list of emulators */
export function createProcessors(docker: Docker, handlers = HANDLERS): Processors {
  /** An image does not change. */
  const known = new Map<string, string>();
  let here: string | null = null;

  async function processorOf(image: string): Promise<string> {
    const seen = known.get(image);
    if (seen !== undefined) return seen;
    const found = (await asking(() => docker.getImage(image).inspect())).Architecture ?? '';
    known.set(image, found);
    return found;
  }

  return {
    async foreign(image) {
      here ??= (await asking(() => docker.version())).Arch;
      const wanted = await processorOf(image).catch((error: unknown) => {
        if (statusOf(error) === 404) return '';
        throw error;
      });
      const isOwn = wanted === '' || wanted === here || ALSO[here]?.includes(wanted);
      return isOwn ? undefined : { wanted, here, isEmulated: await isEmulated(handlers, wanted) };
    },
  };
}

/** An engine on another machine has a kernel of its own: then the file is not there, as a rule. */
async function isEmulated(handlers: string, processor: string): Promise<boolean> {
  const file = `${handlers}/qemu-${EMULATORS[processor] ?? processor}`;
  return (await readFile(file, 'utf8').catch(() => '')).startsWith('enabled');
}
