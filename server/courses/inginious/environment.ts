/** Which environment a task file asks for, in INGInious' old and new words. */
import { z } from 'zod';
import type { DefaultEnvironments } from '../task.ts';
import { filledText, words } from '../yaml/values.ts';

export const ENVIRONMENT_TYPES = ['docker', 'docker-ssh', 'nvidia', 'nvidia-ssh', 'kata', 'kata-ssh', 'mcq'];

export const environmentKeys = {
  /** Any other word is taken for a container's, with a notice: plugins bring their own. */
  environment_type: filledText(null),
  environment_id: filledText(null),
  environment: filledText(null),
  /** Ours: others that a student may ask for instead. */
  environment_choices: words([]),
};
const environmentSchema = z.object(environmentKeys);

/** null: a fault of the file keeps it from being read, and is told elsewhere. */
export function readEnvironment(value: unknown, defaults: DefaultEnvironments): Environment | null {
  const read = environmentSchema.safeParse(value);
  return read.success ? environmentOf(read.data, defaults) : null;
}

/** In INGInious everything of type kata is root on a kernel of its own, and everything of type nvidia has a GPU. */
type EnvironmentNeeds = { needRoot: boolean; needGpu: boolean };
const needsOf = (type: string | null): EnvironmentNeeds => ({
  needRoot: type?.startsWith('kata') ?? false,
  needGpu: type?.startsWith('nvidia') ?? false,
});

export type Environment =
  | { kind: 'none' }
  | {
      kind: 'container';
      name: string;
      legacy: boolean;
      terminal: boolean;
      needs: EnvironmentNeeds;
      choices: string[];
    };

/** A task that names none gets the installation's own: the one with a GPU for the types that have one. */
function environmentOf(
  written: z.infer<typeof environmentSchema>,
  defaults: DefaultEnvironments,
): Environment {
  const { environment_type: type, environment_id: id, environment, environment_choices: choices } = written;
  if (type === 'mcq') return { kind: 'none' };
  if (type === null && id === null && environment !== null) {
    if (environment === 'mcq') return { kind: 'none' };
    return {
      kind: 'container',
      name: environment,
      legacy: true,
      terminal: false,
      needs: needsOf(null),
      choices,
    };
  }
  const needs = needsOf(type);
  const name = id ?? (needs.needGpu ? defaults.gpu : defaults.cpu);
  const terminal = type?.endsWith('-ssh') ?? false;
  return { kind: 'container', name, legacy: false, terminal, needs, choices };
}
