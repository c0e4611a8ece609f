/** A MongoDB server that tests may use, wherever it comes from. */
export type MongoServer = {
  /** One line: which server it is, for reports. */
  readonly name: string;
  /** True for a real mongod: it has indexes that are not unique, and may have authentication and replica sets. */
  readonly genuine: boolean;
  /** A connection string for a database of this name. */
  url(database: string): string;
  /** kill -9; null where the server is somebody else's. */
  readonly kill: (() => Promise<void>) | null;
  /** Starts again after kill(), with the same port and data; resolves once it takes connections. */
  readonly restart: (() => Promise<void>) | null;
  /** Ends it and removes its folder; of somebody else's server: drops the databases that url() named. */
  [Symbol.asyncDispose](): Promise<void>;
};
