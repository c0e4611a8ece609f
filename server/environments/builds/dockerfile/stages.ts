/** The stages of a Dockerfile: what each is built on, its variables and its labels. Pure. */
import type { Dockerfile, Instruction } from './parse.ts';
import { pairsOf, type Resolved, resolve, type Variables, wordsOf } from './words.ts';

export type Label = { key: string; value: Resolved; line: number };
export type Stage = {
  from: Instruction;
  /** Lower case; null: the stage has no name. */
  name: string | null;
  /** The stage's base: "scratch", the index of an earlier stage, or an image. */
  base: { kind: 'scratch' } | { kind: 'stage'; index: number } | { kind: 'image'; reference: Resolved };
  instructions: Instruction[];
  /** The labels of this stage, in order; for each key the last one counts. */
  labels: Label[];
};

/** How many variable names a file may have; each costs a copy. */
const MAX_VARIABLES = 500;

export function stagesOf({ instructions }: Dockerfile): Stage[] {
  const stages: Stage[] = [];
  const globals = new Map<string, string>();
  let variables = new Map<string, string>();
  for (const instruction of instructions) {
    const stage = stages.at(-1);
    if (instruction.keyword === 'FROM') {
      stages.push(toStage(instruction, stages, globals));
      // Global ARGs count in FROM only, until a stage asks for them again.
      variables = new Map();
    } else if (!stage) remember(globals, instruction, globals);
    else {
      stage.instructions.push(instruction);
      remember(variables, instruction, globals);
      if (instruction.keyword === 'LABEL') stage.labels.push(...labelsOf(instruction, variables));
    }
  }
  return stages;
}

function toStage(from: Instruction, before: readonly Stage[], globals: Variables): Stage {
  const [image, as, name] = wordsOf(from.rest).map(({ text }) => text);
  const reference = resolve(image ?? '', globals);
  const wanted = reference.text.toLowerCase();
  const index = before.findIndex((stage) => stage.name === wanted);
  const base: Stage['base'] =
    reference.text === 'scratch'
      ? { kind: 'scratch' }
      : index !== -1
        ? { kind: 'stage', index }
        : { kind: 'image', reference };
  const isNamed = as?.toUpperCase() === 'AS' && name !== undefined;
  return { from, name: isNamed ? name.toLowerCase() : null, base, instructions: [], labels: [] };
}

function remember(variables: Map<string, string>, { keyword, rest }: Instruction, globals: Variables): void {
  if (keyword === 'ENV') {
    for (const { key, value } of pairsOf(rest, variables)) set(variables, key, value);
  }
  if (keyword !== 'ARG') return;
  for (const { text } of wordsOf(rest)) {
    const equals = text.indexOf('=');
    if (equals > 0) set(variables, text.slice(0, equals), resolve(text.slice(equals + 1), variables));
    else {
      const value = globals.get(text);
      if (value !== undefined) set(variables, text, { text: value, sure: true });
    }
  }
}

function set(variables: Map<string, string>, key: string, { text, sure }: Resolved): void {
  const fits = variables.has(key) || variables.size < MAX_VARIABLES;
  if (sure && fits) variables.set(key, text);
  else variables.delete(key);
}

function labelsOf(instruction: Instruction, variables: Variables): Label[] {
  return pairsOf(instruction.rest, variables).map(({ key, value, offset }) => ({
    key,
    value,
    line: instruction.lineAt(offset),
  }));
}

/** The stages that the last one is built on, itself first. */
export function chainOf(stages: readonly Stage[]): Stage[] {
  const chain: Stage[] = [];
  for (let stage = stages.at(-1); stage; ) {
    chain.push(stage);
    stage = stage.base.kind === 'stage' ? stages[stage.base.index] : undefined;
  }
  return chain;
}
