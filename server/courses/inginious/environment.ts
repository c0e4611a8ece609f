/** The environment that a task file names, in INGInious' old and new keys. */
import { z } from 'zod';
import type { DefaultEnvironments } from '../task.ts';
import { filledText, words } from '../yaml/values.ts';

export const ENVIRONMENT_TYPES = ['docker', 'docker-ssh', 'nvidia', 'nvidia-ssh', 'kata', 'kata-ssh', 'mcq'];

export const environmentKeys = {
  /** Any other word counts as a container's, with a notice: plugins add types. */
  environment_type: filledText(null),
  environment_id: filledText(null),
  environment: filledText(null),
  /** Gradeport's own key: other environments that a student may choose. */
  environment_choices: words([]),
};
const environmentSchema = z.object(environmentKeys);

/** null: an error in the file, which is reported elsewhere, makes it unreadable. */
export function readEnvironment(value: unknown, defaults: DefaultEnvironments): Environment | null {
  const read = environmentSchema.safeParse(value);
  return read.success ? environmentOf(read.data, defaults) : null;
}

/** In INGInious everything of type kata is root on a separate kernel, and everything of type nvidia has a GPU. */
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

/** A task that names no environment gets the installation's default: the one with a GPU for GPU types. */
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
