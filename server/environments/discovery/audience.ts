/** Which environments a user sees, and which of their details: one per name, the image that its name leads to. */

import { type Actor, can } from '../../rules/access.ts';
import type { EngineState, Environment, EnvironmentCatalogue } from './environment.ts';

/** staff: teachers of any course, and operators. */
export const AUDIENCES = ['everyone', 'staff', 'operators'] as const;
export type Audience = (typeof AUDIENCES)[number];

export function audienceOf(user: Actor): Audience {
  if (can(user, 'operate', null)) return 'operators';
  return can(user, 'test-environments', null) ? 'staff' : 'everyone';
}

export type SeenEnvironment = {
  environment: Environment;
  /** Other images of its name that the history does not know, because they cannot be used. */
  beside: Environment[];
};

/**
 * As this audience sees it: students see the environment that grades, but not updates or lost names.
 * @param withheld what they read instead of a reason for staff
 */
export function seenBy(
  audience: Audience,
  environment: Environment,
  engine: EngineState,
  withheld: string,
): Environment {
  if (audience !== 'everyone') return environment;
  // The reason is for users who can act on it; but that the engine is away concerns everybody.
  const reason = environment.available || !engine.ok ? environment.reason : withheld;
  return { ...environment, reason, update: null, lost: [] };
}

/** The environments that are not hidden; hidden ones grade, too. */
export function seenPerName(
  catalogue: Pick<EnvironmentCatalogue, 'list' | 'engine'>,
  audience: Audience,
  withheld: string,
): SeenEnvironment[] {
  const engine = catalogue.engine();
  const byName = Map.groupBy(catalogue.list(), ({ name }) => name);
  return [...byName].flatMap(([name, images]) => {
    const leads = ({ lost }: Environment) => !lost.some((one) => one.name === name);
    const [first, ...others] = images.toSorted((a, b) => Number(leads(b)) - Number(leads(a)));
    if (!first?.advertised) return [];
    const beside = audience === 'everyone' ? [] : others.filter(({ revision }) => revision === undefined);
    return [{ environment: seenBy(audience, first, engine, withheld), beside }];
  });
}
