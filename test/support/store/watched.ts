/** A store for test houses that refuses a question which the list of queries.ts does not have. */
import { type CollectionName, collectionNames } from '../../../server/model/collections.ts';
import type { Collection, Filter, FindOptions, Store } from '../../../server/ports/store.ts';
import { isListed, written } from './query-shape.ts';

export function watched(store: Store): Store {
  const all = Object.fromEntries(collectionNames.map((name) => [name, watchedCollection(name, store[name])]));
  return { ...store, ...all, patient: (until) => watched(store.patient(until)) };
}

function watchedCollection(name: CollectionName, collection: Collection<{ id: string }>) {
  function check(method: string, filter: Filter, options: FindOptions = {}): void {
    if (isListed(name, method, filter, options) || !isAskedByServer()) return;
    throw new Error(
      `No index is known to answer ${name}.${method} by "${written(filter, options)}": write it into ` +
        'test/support/store/queries.ts, and declare an index in server/model/collections.ts where it needs one.',
    );
  }
  const { find, findOne, update, updateMany, remove, count, pluck, group } = collection;
  const watchers: Partial<Collection<{ id: string }>> = {
    find(filter, options) {
      check('find', filter, options);
      return find(filter, options);
    },
    findOne(filter, options) {
      check('findOne', filter, options);
      return findOne(filter, options);
    },
    update(filter, change, options) {
      check('update', filter);
      return update(filter, change, options);
    },
    updateMany(filter, change) {
      check('updateMany', filter);
      return updateMany(filter, change);
    },
    remove(filter) {
      check('remove', filter);
      return remove(filter);
    },
    count(filter) {
      check('count', filter);
      return count(filter);
    },
    pluck(paths, filter, options) {
      check('pluck', filter, options);
      return pluck(paths, filter, options);
    },
    group(path, filter) {
      check('group', filter);
      return group(path, filter);
    },
  };
  return { ...collection, ...watchers };
}

/** Tests themselves may look at anything. */
function isAskedByServer(): boolean {
  const callers = (new Error().stack ?? '').split('\n').slice(1);
  const asker = callers.find((line) => !line.includes('/test/support/store/watched.ts'));
  return asker?.includes('/server/') === true;
}
