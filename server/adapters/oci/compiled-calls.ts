/**
 * The list of system calls, as a runtime compiled it. To compile it takes a third of the processor time of a start; crun
 * takes what it compiled once (crun(1), run.oci.seccomp_bpf_data; the program is seccomp(2)'s, 8 bytes an instruction).
 */
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** A program has 4096 instructions at most: BPF_MAXINSNS. */
const MOST_BYTES = 4096 * 8;
const INSTRUCTION_BYTES = 8;

export type CompiledCalls = {
  /** null: the runtime has to compile it. */
  of(runtime: string): string | null;
  /** The container runs, so that the runtime has compiled its list. */
  learn(runtime: string, id: string): Promise<void>;
};

/** @param states where the runtimes keep a folder for each container, which no container sees */
export function createCompiledCalls(states: string): CompiledCalls {
  const known = new Map<string, string>();
  return {
    of: (runtime) => known.get(runtime) ?? null,
    async learn(runtime, id) {
      if (basename(runtime) !== 'crun' || known.has(runtime)) return;
      // Another version may keep it elsewhere: then it compiles each time.
      const program = await readFile(join(states, id, 'seccomp.bpf')).catch(() => null);
      if (program && isProgram(program)) known.set(runtime, program.toString('base64'));
    },
  };
}

const isProgram = ({ length }: Uint8Array): boolean =>
  length > 0 && length <= MOST_BYTES && length % INSTRUCTION_BYTES === 0;
