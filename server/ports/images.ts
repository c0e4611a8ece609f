/** What travels to and from a container engine: images. Beside Engine, because grading needs none of it. */

export type ImageDetails = {
  /** "sha256:…" */
  id: string;
  tags: string[];
  /** What registries call it: "host/repository@sha256:…", one for each name it was pulled or pushed by. */
  repoDigests: string[];
  labels: Record<string, string>;
  /** Bytes on this machine. */
  size: number;
  /** Digests of its layers' content, the base's first: an image that begins with those of another is built on it. */
  layers: string[];
};

/** A step of an image's making, the newest first. */
export type HistoryStep = { command: string; size: number; createdMs: number };

export type RegistryLogin = { host: string; user: string; password: string };

/** Of one layer: what is happening, and how far; bytes null where the engine does not say. */
export type LayerNews = { layer: string; status: string; done: number | null; total: number | null };

/** hostile: descriptions are anybody's text */
export type FoundImage = {
  name: string;
  description: string;
  stars: number;
  official: boolean;
  automated: boolean;
};

/** All fail with "unreachable" when the engine does not answer, and soon after `stopped` is aborted. */
export type EngineImages = {
  /** null: there is no such image. */
  inspect(reference: string): Promise<ImageDetails | null>;
  /** Those that have a name or came from a registry. */
  list(): Promise<Omit<ImageDetails, 'layers'>[]>;
  history(reference: string): Promise<HistoryStep[]>;
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
