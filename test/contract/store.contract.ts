/** What every store promises. An implementation passes by running this suite with its own `open`. */
import { beforeEach, describe } from 'vitest';
import type { Store } from '../../server/store/port.ts';
import { blobs } from './store-blobs.contract.ts';
import { changes } from './store-changes.contract.ts';
import { documents } from './store-documents.contract.ts';
import { filters } from './store-filters.contract.ts';

/** @param open gives a fresh, empty store, which `open` itself closes after the test. */
export function storeContract(name: string, open: () => Promise<Store>): void {
  describe(`the store contract: ${name}`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    describe('documents', () => documents(() => store));
    describe('filters', () => filters(() => store));
    describe('changes', () => changes(() => store));
    describe('blobs', () => blobs(() => store));
  });
}
