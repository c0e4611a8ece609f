/** How the containers of a run are started, from the quickest to the slowest. */

/** direct: we start the runtime; local: the engine does, and sees our folders; portable: with the engine's API alone. */
export const WAYS = ['direct', 'local', 'portable'] as const;
export type WayName = (typeof WAYS)[number];

/** What an operator asks for. auto: the quickest that works; engine: the same, but never direct. */
export type AskedWay = WayName | 'auto' | 'engine';
