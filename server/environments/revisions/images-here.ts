/** What verbs on revisions ask the catalogue: which images are in the engine. */
import type { Environment, EnvironmentCatalogue } from '../discovery/environment.ts';

export type ImagesHere = Pick<EnvironmentCatalogue, 'find'> & {
  /** An image by its digest, as if it were the only one of its name; null: it is not here. */
  revision(digest: string): Environment | null;
  /** Looks again now; settles when the list is as new as this call. */
  refresh(): Promise<void>;
};
