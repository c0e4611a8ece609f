/** What every store promises. An implementation passes by running this suite with its own `open`. */
import { beforeEach, describe } from 'vitest';
import type { Store } from '../../server/ports/store.ts';
import { batches } from './store-batch.contract.ts';
import { blobs } from './store-blobs.contract.ts';
import { changes } from './store-changes.contract.ts';
import { documents } from './store-documents.contract.ts';
import { environmentsInStore } from './store-environments.contract.ts';
import { filters } from './store-filters.contract.ts';
import { foreignChanges } from './store-foreign.contract.ts';
import { names } from './store-names.contract.ts';
import { races } from './store-races.contract.ts';
import { sizes } from './store-sizes.contract.ts';

/** @param open gives a fresh, empty store and a way to open it once more; both are closed after the test. */
export function storeContract(
  name: string,
  open: () => Promise<{ store: Store; again: () => Promise<Store> }>,
): void {
  describe(`the store contract: ${name}`, () => {
    let store: Store;
    let again: () => Promise<Store>;
    beforeEach(async () => {
      ({ store, again } = await open());
    });
    describe('documents', () => documents(() => store));
    describe('filters', () => filters(() => store));
    describe('changes', () => changes(() => store));
    describe('batches', () => batches(() => store));
    describe('blobs', () => blobs(() => store));
    describe('environments', () => environmentsInStore(() => store));
    describe('names', () => names(() => store));
    describe('sizes', () => sizes(() => store));
    describe('races', () =>
      races(
        () => store,
        () => again(),
      ));
    describe('changes of others', () =>
      foreignChanges(
        () => store,
        () => again(),
      ));
  });
}
