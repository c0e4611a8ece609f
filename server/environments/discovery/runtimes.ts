/** Which OCI runtime runs an environment. Pure: a table of what runtimes can do, and a choice. */
import { z } from 'zod';

export const traitsSchema = z.strictObject({
  /** Programs inside use the host's own kernel. */
  sharedKernel: z.boolean(),
  /** Root inside is harmless outside. Never true for a shared kernel. */
  root: z.boolean(),
  gpu: z.boolean(),
});
export type RuntimeTraits = z.infer<typeof traitsSchema>;

/** Fastest first; the measurements are in docs/performance.md. */
const KNOWN: readonly (readonly [RegExp, RuntimeTraits])[] = [
  [/^crun$/, { sharedKernel: true, root: false, gpu: false }],
  [/^runc$/, { sharedKernel: true, root: false, gpu: false }],
  [/^runsc/, { sharedKernel: false, root: true, gpu: false }],
  [/^kata/, { sharedKernel: false, root: true, gpu: false }],
  [/^nvidia/, { sharedKernel: true, root: false, gpu: true }],
];

export type RuntimeTable = Readonly<Record<string, RuntimeTraits>>;

/** What a runtime can do: the configuration first, then what its name says; null for an unknown one. */
export function traitsOf(name: string, table: RuntimeTable): RuntimeTraits | null {
  if (Object.hasOwn(table, name)) return table[name] ?? null;
  return KNOWN.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}

export type Needs = { needRoot: boolean; needGpu: boolean };
export type RuntimeChoice =
  | { runtime: string; traits: RuntimeTraits; reason: string }
  | { runtime: null; reason: string };

const rank = (name: string): number => {
  const index = KNOWN.findIndex(([pattern]) => pattern.test(name));
  return index === -1 ? KNOWN.length : index;
};

/**
 * @param installed the engine's runtimes
 * @param forced a runtime that the user named, or null
 */
export function chooseRuntime(
  needs: Needs,
  installed: readonly string[],
  table: RuntimeTable,
  forced: string | null = null,
): RuntimeChoice {
  if (forced !== null) return forcedChoice(needs, installed, table, forced);
  // A GPU runtime comes last for environments that need no GPU.
  const candidates = [...installed].sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
  for (const runtime of candidates) {
    const traits = traitsOf(runtime, table);
    if (traits && unfit(needs, traits) === null) {
      return { runtime, traits, reason: whyChosen(needs, runtime) };
    }
  }
  return { runtime: null, reason: whyNone(needs, installed) };
}

function forcedChoice(
  needs: Needs,
  installed: readonly string[],
  table: RuntimeTable,
  forced: string,
): RuntimeChoice {
  if (!installed.includes(forced)) {
    return { runtime: null, reason: `The engine has no runtime "${forced}"; it has ${listed(installed)}.` };
  }
  const traits = traitsOf(forced, table);
  if (!traits)
    return {
      runtime: null,
      reason: `Nothing is known about runtime "${forced}"; describe it under "runtimes" in the configuration.`,
    };
  const fault = unfit(needs, traits);
  return fault === null
    ? { runtime: forced, traits, reason: `${forced}: asked for by name` }
    : { runtime: null, reason: `${forced} ${fault}` };
}

/** Why these traits do not meet these needs; null when they do. */
function unfit({ needRoot, needGpu }: Needs, traits: RuntimeTraits): string | null {
  if (needRoot && (!traits.root || traits.sharedKernel))
    return "shares the host's kernel, where no program may be root.";
  if (needGpu && !traits.gpu) return 'has no GPU.';
  return null;
}

function whyChosen({ needRoot, needGpu }: Needs, runtime: string): string {
  if (needGpu) return `${runtime}: needs a GPU, and this runtime has one`;
  if (needRoot) return `${runtime}: programs may be root, and this runtime gives them a kernel of their own`;
  return `${runtime}: the fastest installed runtime that isolates`;
}

const listed = (names: readonly string[]): string => [...names].sort().join(', ') || 'none';

function whyNone({ needRoot, needGpu }: Needs, installed: readonly string[]): string {
  const has = `The engine has ${listed(installed)}.`;
  if (needRoot && needGpu) {
    return `It needs root and a GPU: no known runtime gives both. ${has} Describe one under "runtimes" in the configuration.`;
  }
  if (needGpu) return `It needs a GPU: install the NVIDIA container runtime. ${has}`;
  if (needRoot) return `It needs root: install gVisor (runsc) or Kata Containers. ${has}`;
  return `No runtime that Gradeport knows is installed. ${has} Install crun or runc.`;
}
