/** What the pages about registries get; as in view-models.ts everything is text. */
import type { Nav } from './nav.ts';

/** An image in a registry, before it is pulled. */
export type LookedView = {
  reference: string;
  pinned: string;
  digest: string;
  here: boolean;
  /** What would run it, or why nothing can. */
  reason: string;
  isEnvironment: boolean;
  usable: boolean;
  name: string;
  title: string;
  description: string;
  languages: string[];
  needRoot: boolean;
  needGpu: boolean;
  /** To download. */
  size: string;
  layers: number;
  age: string;
  trust: string[];
};
export type FindView = {
  name: string;
  description: string;
  stars: number;
  trust: string[];
  /** Why this installation does not take it. */
  refused: string | null;
  lookHref: string;
};
export type GetEnvironmentPage = Nav & {
  reference: string;
  q: string;
  error: string | null;
  looked: LookedView | null;
  /** null: nobody searched. */
  finds: FindView[] | null;
};
export type RegistriesPage = Nav & {
  registries: { host: string; user: string; by: string | null; at: string }[];
  error: string | null;
  host: string;
  registryUser: string;
};
export type PlanView = {
  steps: { image: string; how: string; why: string; updateHref: string }[];
  left: { image: string; why: string }[];
};
/** null: nobody asked the registries yet. */
export type UpdatesPage = Nav & { plan: PlanView | null };
/** A step of an image's making. */
export type LayerView = { command: string; size: string; age: string };
