/** The part of the catalogue that verbs on revisions use: which images are in the engine. */
import type { Environment, EnvironmentCatalogue } from '../../discovery/environment.ts';

export type ImagesHere = Pick<EnvironmentCatalogue, 'find'> & {
  /** Finds an image by its digest, as if it were the only one of its name; null: it is not here. */
  revision(digest: string): Environment | null;
  /** Lists the images again; settles when the list is as new as this call. */
  refresh(): Promise<void>;
};
