/** A container engine: its ports, and the connection behind them. Rooms take the ports that they need. */
import type { Builder } from './builder.ts';
import type { Containers } from './containers.ts';
import type { Images } from './images.ts';
import type { Transfers } from './transfers.ts';

export type Engine = {
  containers: Containers;
  images: Images;
  transfers: Transfers;
  builder: Builder;
  /** When what it started is removed; takes away what it kept for that. */
  close(): Promise<void>;
};
