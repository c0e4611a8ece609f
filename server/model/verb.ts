/**
 * A verb is one thing that people can ask for, the same behind a page, the API and a command (decision 0035). It says
 * what it takes and gives, decides who may, and lists what it refuses. Pages, API and commands bring its input from
 * their own form, and its answer into it.
 */
import type { z } from 'zod';
import { type ProblemKind, Refused } from '../rules/problems.ts';
import { parseInput } from './parse-input.ts';

export type Answer<T, K extends ProblemKind = ProblemKind> =
  | { ok: true; value: T }
  | { ok: false; refusal: Refused<K> };

type Spec<In, Out, Kept, K extends ProblemKind, Deps, Who> = {
  input: z.ZodType<In>;
  /** The sentence about an input that is not so. Without it the first fault is named. */
  malformed?: (error: z.ZodError) => string;
  /** What is not in it does not leave. */
  output: z.ZodType<Kept, Out>;
  /** What a caller has to expect. All else that goes wrong is thrown. */
  refuses: readonly K[];
  /** Before the input is looked at: who may not does not learn what would be wrong with it. */
  may?: (who: Who) => void;
  run: (deps: Deps, who: Who, input: In) => Promise<Out> | Out;
};

/** The input is checked here, also that of typed callers: a form, a body and options are all somebody's words. */
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

/** For a face that has nothing of its own to say about a refusal: it becomes the exception of its code. */
export async function granted<T>(answer: Promise<Answer<T>>): Promise<T> {
  const given = await answer;
  if (given.ok) return given.value;
  throw given.refusal;
}
