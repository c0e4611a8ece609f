import type { TransferNews } from '../../../server/adapters/transfer/copy.ts';

/** Of somebody who waits to the end and listens to nothing. */
export const quiet = (): TransferNews => ({ progress: () => {}, stopped: new AbortController().signal });
