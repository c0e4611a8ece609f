/** The image that all shipped environments are built on. Set-up makes it; a server in a container gets it through the engine. */
import type { Engine } from '../../../ports/engine/engine.ts';
import { GradeportError } from '../../../rules/errors.ts';

export const ROOT_IMAGE = 'gradeport/debian:12';

/**
 * @param from an image that the engine has, or can pull
 * @returns whether this call made it
 */
export async function ensureRootImage(
  { images, transfers }: Pick<Engine, 'images' | 'transfers'>,
  from: string,
  onLine: (line: string) => void,
  stopped: AbortSignal,
): Promise<boolean> {
  if (await images.inspect(ROOT_IMAGE)) return false;
  const reference = withTag(from);
  if (!(await images.inspect(reference))) {
    const news = ({ layer, status }: { layer: string; status: string }) => onLine(`${layer} ${status}`);
    await transfers.pull(reference, null, news, stopped).catch((error: unknown) => {
      throw stopped.aborted ? error : cannotPull(reference, error);
    });
  }
  await images.tag(reference, ROOT_IMAGE);
  return true;
}

/** A colon before the last slash belongs to a port. */
const withTag = (name: string): string => (/[:@][^/]*$/.test(name) ? name : `${name}:latest`);

function cannotPull(reference: string, cause: unknown): GradeportError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const code = cause instanceof GradeportError ? cause.code : 'unreachable';
  const sentence =
    `The environments are built on ${ROOT_IMAGE}, which is missing, and ${reference} cannot be pulled in its place: ` +
    `${why} Load a Debian 12 into the engine (docker load), and name it in GRADEPORT_BASE_IMAGE.`;
  return new GradeportError(code, sentence, { cause });
}
