/** A container engine: its ports, and the connection behind them. Each room takes only the ports that it needs. */
import type { Builder } from './builder.ts';
import type { Containers } from './containers.ts';
import type { Images } from './images.ts';
import type { Transfers } from './transfers.ts';

export type Engine = {
  containers: Containers;
  images: Images;
  transfers: Transfers;
  builder: Builder;
  /** Called once everything it started is removed; frees what the engine kept for that. */
  close(): Promise<void>;
};
