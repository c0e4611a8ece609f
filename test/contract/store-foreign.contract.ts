/** Contract: what other processes write is noticed. */
import { expect, test, vi } from 'vitest';
import type { Store } from '../../server/ports/store.ts';
import { sampleUser } from '../support/store/samples.ts';

/** @param other opens the same store once more, as another process does */
export function foreignChanges(store: () => Store, other: () => Promise<Store>): void {
  test('tells within a second that another process wrote, and not of our own writes', async () => {
    const told = vi.fn();
    const stop = store().onForeignChange(told);
    await store().users.insert(sampleUser('own'));
    const beside = await other();
    await beside.users.insert(sampleUser('theirs'));
    await vi.waitFor(() => expect(told).toHaveBeenCalledTimes(1), { timeout: 1000, interval: 10 });
    stop();
  });

  test('calls no listener that has stopped', async () => {
    const [stopped, listening] = [vi.fn(), vi.fn()];
    store().onForeignChange(stopped)();
    const stop = store().onForeignChange(listening);
    const beside = await other();
    await beside.users.insert(sampleUser('theirs'));
    await vi.waitFor(() => expect(listening).toHaveBeenCalled(), { timeout: 1000, interval: 10 });
    expect(stopped).not.toHaveBeenCalled();
    stop();
  });
}
