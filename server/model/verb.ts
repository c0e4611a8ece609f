/**
 * A verb is one thing that people can ask for, the same behind a page, the API and a command (decision 0035). It
 * declares its input and output, decides who may use it, and lists its refusals. Pages, API and commands translate
 * input and answer from and to their own forms.
 */
import type { z } from 'zod';
import { type ProblemKind, Refused } from '../rules/problems.ts';
import { parseInput } from './parse-input.ts';

export type Answer<T, K extends ProblemKind = ProblemKind> =
  | { ok: true; value: T }
  | { ok: false; refusal: Refused<K> };

type Spec<In, Out, Kept, K extends ProblemKind, Deps, Who> = {
  input: z.ZodType<In>;
  /** The sentence about an input that does not fit. Absent: the sentence names the first fault. */
  malformed?: (error: z.ZodError) => string;
  /** Fields that are not in this schema are not sent. */
  output: z.ZodType<Kept, Out>;
  /** The refusals that a caller has to expect. Every other failure is thrown. */
  refuses: readonly K[];
  /** Called before the input is checked: a caller without the right does not learn what is wrong with it. */
  may?: (who: Who) => void;
  run: (deps: Deps, who: Who, input: In) => Promise<Out> | Out;
};

/** Checks the input, also that of typed callers: forms, bodies and options all come from outside. */
export function verb<In, Out, Kept, const K extends ProblemKind, Deps, Who>({
  input,
  malformed,
  output,
  refuses,
  may = () => {},
  run,
}: Spec<In, Out, Kept, K, Deps, Who>) {
  const isExpected = (error: unknown): error is Refused<K> =>
    error instanceof Refused && refuses.some((one) => one === error.problem);
  const ask = async (deps: Deps, who: Who, given: unknown): Promise<Answer<Kept, K>> => {
    try {
      may(who);
      return { ok: true, value: output.parse(await run(deps, who, parseInput(input, given, malformed))) };
    } catch (error) {
      if (isExpected(error)) return { ok: false, refusal: error };
      throw error;
    }
  };
  return Object.assign(ask, { input, output, refuses });
}

/** For a caller without its own answer to a refusal: the refusal becomes the exception of its code. */
export async function granted<T>(answer: Promise<Answer<T>>): Promise<T> {
  const given = await answer;
  if (given.ok) return given.value;
  throw given.refusal;
}
