/** Moves images to and from an engine, and asks registries about them. Grading needs none of it. */

export type RegistryLogin = { host: string; user: string; password: string };

/** The progress of one layer; `done` and `total` in bytes, null where the engine does not say. */
export type LayerNews = { layer: string; status: string; done: number | null; total: number | null };

/** Hostile: anybody can write a description. */
export type FoundImage = {
  name: string;
  description: string;
  stars: number;
  official: boolean;
  automated: boolean;
};

/** All fail with "unreachable" when the engine does not answer, and soon after `stopped` is aborted. */
export type Transfers = {
  /** @param reference with a tag or a digest */
  pull(
    reference: string,
    login: RegistryLogin | null,
    onNews: (news: LayerNews) => void,
    stopped: AbortSignal,
  ): Promise<void>;
  /** @returns the digest that the registry gave it */
  push(
    reference: string,
    login: RegistryLogin | null,
    onNews: (news: LayerNews) => void,
    stopped: AbortSignal,
  ): Promise<string>;
  /** The image as a tar stream; by its id it carries no name. */
  save(id: string, stopped: AbortSignal): Promise<NodeJS.ReadableStream>;
  /** Takes what `save` made; returns the id of the image. */
  load(archive: NodeJS.ReadableStream, stopped: AbortSignal): Promise<string>;
  search(words: string, limit: number, stopped: AbortSignal): Promise<FoundImage[]>;
};
