/** Lets every step of a scenario fail, one after the other, and says what came of it. */
import type { FaultHouse } from './fault-house.ts';
import { type Case, type Lasts, partOf, waysOf } from './faults.ts';
import type { Scenario } from './scenarios.ts';

export type Row = { scenario: string; step: string; lasts: Lasts; ms: number; outcome: string };

/** The steps of a scenario that goes well, some of them only now and then: it is done twice. */
export async function recordSteps(
  house: FaultHouse,
  scenario: Scenario,
  next: () => number,
): Promise<string[]> {
  await scenario.act(next());
  house.ports.takeSteps();
  await scenario.act(next());
  return house.ports.takeSteps();
}

/** Steps that are each tried in each way that they can fail. */
export const allOf = (steps: readonly string[], isStoreAway: boolean): Case[] =>
  steps.flatMap((step) => waysOf(step, isStoreAway).map((lasts) => ({ step, lasts })));

/** So many of all, the same each time: the parts take turns, and so do the ways. */
export function someOf(steps: readonly string[], count: number): Case[] {
  const parts = [...Map.groupBy([...steps].sort(), partOf).values()];
  return Array.from({ length: count }, (_, at) => {
    const own = parts[at % parts.length] ?? [];
    const round = Math.floor(at / parts.length);
    // Not the first one: neighbours are alike.
    const step = own[(round * 7 + 3) % own.length] ?? '';
    const ways = waysOf(step, false);
    return { step, lasts: ways[at % ways.length] ?? 'once' };
  });
}

export async function walk(
  house: FaultHouse,
  scenario: Scenario,
  cases: readonly Case[],
  next: () => number,
  saw: (row: Row) => void = () => {},
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { step, lasts } of cases) {
    const begun = performance.now();
    const outcome = await tryOne(house, scenario, { step, lasts }, next()).catch((error: unknown) =>
      textOf(error),
    );
    const row = { scenario: scenario.name, step, lasts, ms: Math.round(performance.now() - begun), outcome };
    rows.push(row);
    saw(row);
    process.stderr.write(`${lineOf(row)}\n`);
  }
  return rows;
}

async function tryOne(
  house: FaultHouse,
  scenario: Scenario,
  { step, lasts }: Case,
  nth: number,
): Promise<string> {
  const { ports } = house;
  ports.arm({ step, lasts });
  try {
    const acting = scenario.act(nth);
    // A fault that lasts until a restart has some time to do harm.
    if (lasts === 'restart') {
      acting.catch(() => {});
      using harm = firedAndWent(ports.fired);
      await Promise.race([acting, harm.done]);
      // Else it would be the start that meets it.
      if (!ports.fired()) return 'not met';
      await house.restart();
    }
    await acting;
    return ports.fired() ? OK : 'not met';
  } catch (error) {
    // The next step begins with a server that is well: a step that was not met is not to meet its start.
    ports.arm(null);
    await house.restart();
    throw error;
  } finally {
    ports.arm(null);
    ports.end();
  }
}

export const OK = 'one verdict, one grade, nothing left';
const HARM_MS = 1500;

/** Looks until it is disposed of: it is no business of the next step. */
function firedAndWent(fired: () => boolean) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = setInterval(() => fired() && resolve(), 20);
  const done = promise.then(() => new Promise((go) => setTimeout(go, HARM_MS)));
  return { done, [Symbol.dispose]: () => clearInterval(look) };
}

const textOf = (error: unknown): string => {
  const said = error instanceof Error ? error.message : String(error);
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
  const was = error instanceof Error && 'actual' in error ? ` (was ${JSON.stringify(error.actual)})` : '';
  const why = cause + was;
  return `WRONG: ${said}${why}`.replaceAll(/\s+/g, ' ').slice(0, 400);
};

const lineOf = ({ scenario, step, lasts, ms, outcome }: Row): string =>
  `${outcome.startsWith('WRONG') ? '✗' : '✓'} ${scenario} | ${partOf(step)} | ${step} | ${lasts} | ${ms} ms | ${outcome}`;
