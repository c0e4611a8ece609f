/** Which environment a task file asks for, in INGInious' old and new words. */
import { z } from 'zod';
import type { FileProblemReport } from '../task.ts';
import { filledText } from './values.ts';
import type { YamlFile } from './yaml-file.ts';

export const ENVIRONMENT_TYPES = ['docker', 'docker-ssh', 'nvidia', 'nvidia-ssh', 'kata', 'kata-ssh', 'mcq'];

export const environmentKeys = {
  /** Any other word is taken for a container's, with a notice: plugins bring their own. */
  environment_type: filledText(null),
  environment_id: filledText(null),
  environment: filledText(null),
};

/** Read on its own, so that a fault elsewhere does not hide that the environment is missing. */
export const environmentSchema = z.object(environmentKeys).transform(environmentOf);

/** In INGInious everything of type kata is root on a kernel of its own, and everything of type nvidia has a GPU. */
type EnvironmentNeeds = { needRoot: boolean; needGpu: boolean };
const needsOf = (type: string | null): EnvironmentNeeds => ({
  needRoot: type?.startsWith('kata') ?? false,
  needGpu: type?.startsWith('nvidia') ?? false,
});

export type Environment =
  | { kind: 'none' }
  | { kind: 'container'; name: string; legacy: boolean; terminal: boolean; needs: EnvironmentNeeds }
  | { kind: 'missing' };

function environmentOf(written: Record<keyof typeof environmentKeys, string | null>): Environment {
  if (written.environment_type === 'mcq') return { kind: 'none' };
  if (written.environment_type !== null || written.environment_id !== null) {
    const needs = needsOf(written.environment_type);
    const terminal = written.environment_type?.endsWith('-ssh') ?? false;
    return { kind: 'container', name: written.environment_id ?? 'default', legacy: false, terminal, needs };
  }
  if (written.environment === null) return { kind: 'missing' };
  if (written.environment === 'mcq') return { kind: 'none' };
  return {
    kind: 'container',
    name: written.environment,
    legacy: true,
    terminal: false,
    needs: needsOf(null),
  };
}

export const environmentFaults = (yaml: YamlFile, environment: Environment): FileProblemReport[] =>
  environment.kind === 'missing'
    ? [yaml.fault(['environment_id'], 'environment_id: expected the name of an environment; it is missing')]
    : [];
