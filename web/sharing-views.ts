/** The models of the pages about registries; as in view-models.ts everything is text. */
import type { Nav } from './nav.ts';

/** An image in a registry, before it is pulled. */
export type LookedView = {
  reference: string;
  pinned: string;
  digest: string;
  here: boolean;
  /** The runtime that would run it, or why none can. */
  reason: string;
  isEnvironment: boolean;
  usable: boolean;
  name: string;
  title: string;
  description: string;
  languages: string[];
  needRoot: boolean;
  needGpu: boolean;
  /** The size of the download. */
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
  /** Why this installation refuses it. */
  refused: string | null;
  lookHref: string;
};
export type GetEnvironmentPage = Nav & {
  reference: string;
  q: string;
  error: string | null;
  looked: LookedView | null;
  /** null: no search yet. */
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
/** null: the registries were not asked yet. */
export type UpdatesPage = Nav & { plan: PlanView | null };
/** One step in the making of an image. */
export type LayerView = { command: string; size: string; age: string };
