/** A bill of materials (CycloneDX 1.5): npm packages as package-lock.json has them, Debian packages as dpkg lists them. Pure. */
import { z } from 'zod';

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      integrity: z.string().optional(),
      license: z.string().optional(),
      dev: z.boolean().optional(),
    }),
  ),
});

export type Component = {
  type: 'library';
  name: string;
  version: string;
  purl: string;
  hashes?: { alg: 'SHA-512'; content: string }[];
  licenses?: { license: { name: string } }[];
  /** required: runs on an operator's machine; excluded: only builds or tests use it. */
  scope?: 'required' | 'excluded';
  properties?: { name: string; value: string }[];
};

const FOLDER = 'node_modules/';

export function npmComponents(lock: unknown): Component[] {
  return Object.entries(lockSchema.parse(lock).packages).flatMap(([path, found]) => {
    const { version, integrity, license, dev } = found;
    const at = path.lastIndexOf(FOLDER);
    if (at === -1 || version === undefined) return [];
    const name = path.slice(at + FOLDER.length);
    const [algorithm, digest] = (integrity ?? '').split('-');
    return {
      type: 'library' as const,
      name,
      version,
      purl: `pkg:npm/${name.replace('@', '%40')}@${encodeURIComponent(version)}`,
      scope: dev ? ('excluded' as const) : ('required' as const),
      ...(algorithm === 'sha512' &&
        digest && {
          hashes: [{ alg: 'SHA-512' as const, content: Buffer.from(digest, 'base64').toString('hex') }],
        }),
      ...(license !== undefined && { licenses: [{ license: { name: license } }] }),
    };
  });
}

/** What dpkg-query is asked for, a line for each package. */
export const DPKG_FORMAT = `\${Package}\\t\${Version}\\t\${Architecture}\\n`;

/** @param listed the answer of dpkg-query; image: where it was asked */
export function debianComponents(listed: string, image: string): Component[] {
  return listed.split('\n').flatMap((line) => {
    const [name, version, architecture] = line.split('\t');
    if (!name || !version || !architecture) return [];
    const purl = `pkg:deb/debian/${name}@${encodeURIComponent(version)}?arch=${architecture}`;
    return { type: 'library', name, version, purl, properties: [{ name: 'gradeport:image', value: image }] };
  });
}

export const billOf = (version: string, components: readonly Component[]) => ({
  bomFormat: 'CycloneDX',
  specVersion: '1.5',
  version: 1,
  metadata: { component: { type: 'application', name: 'gradeport', version } },
  components,
});
