/** Small images that announce themselves under one name and differ in the grade they give. */

import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { openClient } from '../../server/adapters/docker/client.ts';
import { openEngine } from '../../server/adapters/open-engine.ts';
import { isKeptName } from '../../server/environments/discovery/environments-of-images.ts';
import { isKeptBy } from '../../server/environments/revisions/images/revision-tags.ts';

const docker = openClient();
/** What older engines call an image that has no name. */
const UNNAMED = '<none>:<none>';

export function writeFiles(folder: string, files: Record<string, string>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content, { mode: 0o755 });
  }
}

/** The grade is the image's; what it is for "slow" answers comes late. */
export const GRADER = `#!/bin/bash
grade=$(cat /grade)
[ "$(getinput code)" = slow ] && sleep 3
feedback-grade "$grade"
feedback-msg -m "The image says $grade."
if [ "$grade" = 100 ]; then feedback-result success; else feedback-result failed; fi
`;
export const taskYaml = (environment: string): string => `name: Ask the image
environment_type: docker
environment_id: ${environment}
environment_parameters: { limits: { time: 5, hard_time: 20, memory: 64 } }
problems: { code: { type: code, name: Anything } }
`;

/** As people build: with the engine's own command line. Returns the digest. */
export async function dockerBuild(folder: string, tag: string, name: string): Promise<string> {
  const label = `org.gradeport.grading.name=${name}`;
  const env = { ...process.env, DOCKER_BUILDKIT: '0' };
  const { stdout } = await promisify(execFile)(
    'docker',
    ['build', '-q', '--network', 'none', '-t', tag, '--label', label, folder],
    { env },
  );
  return stdout.trim();
}

/** null: it is not in the engine. */
const namesOf = (digest: string): Promise<string[] | null> =>
  docker
    .getImage(digest)
    .inspect()
    .then(
      ({ RepoTags }) => RepoTags ?? [],
      () => null,
    );

export function revisionImages(name: string) {
  const tag = `gradeport-test/${name}:latest`;
  const engine = openEngine();
  const folder = mkdtempSync(join(tmpdir(), 'gradeport-revisions-'));
  const label = `org.gradeport.grading.name=${name}`;
  let count = 0;
  return {
    tag,
    /** @returns its digest. extra: files for the build; more: lines of the Dockerfile */
    async build(grade: number, more = '', extra: Record<string, string> = {}): Promise<string> {
      count += 1;
      const place = join(folder, String(count));
      const dockerfile = `FROM gradeport/base\nRUN echo ${grade} > /grade && echo ${count} > /count\n${more}`;
      writeFiles(place, { Dockerfile: dockerfile, ...extra });
      await dockerBuild(place, tag, name);
      const { Id } = await docker.getImage(tag).inspect();
      return Id;
    },
    /** For an installation: others on this engine keep what they found, too. */
    async isHere(digest: string, installation: string): Promise<boolean> {
      const names = await namesOf(digest);
      const isOthers = (name: string) => isKeptName(name) && !isKeptBy(installation, name);
      return names !== null && (names.length === 0 || !names.every(isOthers));
    },
    tagsOf: async (digest: string): Promise<string[]> => (await docker.getImage(digest).inspect()).RepoTags,
    moveTag: (digest: string) => engine.images.tag(digest, tag),
    async [Symbol.asyncDispose]() {
      await engine.images.untag(tag);
      // All names, also those by which others on this engine keep it: no other cleaner would take it away.
      for (const { Id, RepoTags } of await docker.listImages({ filters: { label: [label] } })) {
        for (const given of RepoTags?.filter((one) => one !== UNNAMED) ?? [])
          await engine.images.untag(given);
        await docker
          .getImage(Id)
          .remove({ force: true })
          .catch(() => {});
      }
      await engine.close();
      rmSync(folder, { recursive: true });
    },
  };
}
