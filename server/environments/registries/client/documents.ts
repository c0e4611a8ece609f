/** The documents of registries: manifests, lists of them, image configurations (OCI image and distribution spec). */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { countingLabels } from '../../../ports/engine/which-labels-count.ts';
import { GradeportError } from '../../../rules/errors.ts';
import { isDigest } from '../reference.ts';

export const MANIFEST_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
] as const;

export const MAX_MANIFEST_BYTES = 4 * 2 ** 20;
export const MAX_CONFIG_BYTES = 8 * 2 ** 20;
const MAX_LAYERS = 1000;

const digestSchema = z.string().refine(isDigest, 'expected sha256:…');
const descriptorSchema = z.object({ digest: digestSchema, size: z.int().min(0) });
const platformSchema = z.object({ os: z.string().max(50), architecture: z.string().max(50) });

const indexSchema = z.object({
  manifests: z.array(descriptorSchema.extend({ platform: platformSchema.nullish() })).max(MAX_LAYERS),
});
const manifestSchema = z.object({
  config: descriptorSchema,
  layers: z.array(descriptorSchema).max(MAX_LAYERS),
});
const configSchema = z.object({
  os: z.string().max(50).default('linux'),
  architecture: z.string().max(50).default(''),
  created: z.string().max(100).nullish(),
  config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }).nullish(),
  // The oldest step first. Only labels of two families need it: a strange one makes no image unreadable.
  history: z.array(z.object({ created_by: z.string().catch('') })).catch([]),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type Index = z.infer<typeof indexSchema>;
export type ImageConfig = {
  architecture: string;
  created: string | null;
  /** Those that count. */
  labels: Record<string, string>;
};

export const digestOf = (bytes: Uint8Array): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

function parse<T>(schema: z.ZodType<T>, what: string, bytes: Buffer): T {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw malformed(what, 'it is not JSON', error);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw malformed(what, `${issue?.path.join('.') || 'all of it'}: ${issue?.message ?? 'unexpected'}`);
}

const malformed = (what: string, why: string, cause?: unknown): GradeportError =>
  new GradeportError('conflict', `What the registry sends as the ${what} is malformed (${why}).`, { cause });

/** A list for several kinds of machine, or the manifest of one image. */
export function readManifest(bytes: Buffer): { index: Index } | { manifest: Manifest } {
  const index = indexSchema.safeParse(tryJson(bytes));
  if (index.success) return { index: index.data };
  return { manifest: parse(manifestSchema, 'manifest', bytes) };
}

function tryJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
}

export function readConfig(bytes: Buffer): ImageConfig {
  const about = parse(configSchema, 'configuration of the image', bytes);
  const steps = about.history.map(({ created_by }) => ({ command: created_by })).reverse();
  const { labels } = countingLabels(about.config?.Labels ?? {}, steps);
  return { architecture: about.architecture, created: about.created ?? null, labels };
}

/** Node's names of processors → the names in images. */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  x64: 'amd64',
  arm64: 'arm64',
  arm: 'arm',
  ia32: '386',
  ppc64: 'ppc64le',
  s390x: 's390x',
  riscv64: 'riscv64',
};
export const ownArchitecture = (arch: string = process.arch): string => ARCHITECTURES[arch] ?? arch;

/** The manifest for this machine. Fails with "conflict" and lists the available ones. */
export function pickManifest({ manifests }: Index, architecture: string): string {
  const found = manifests.find(
    ({ platform }) => platform?.os === 'linux' && platform.architecture === architecture,
  );
  if (found) return found.digest;
  const there = manifests.flatMap(({ platform }) =>
    platform ? `${platform.os}/${platform.architecture}` : [],
  );
  throw new GradeportError(
    'conflict',
    `There is no image for this machine (linux/${architecture}); there is ${there.slice(0, 10).join(', ') || 'none'}.`,
  );
}
