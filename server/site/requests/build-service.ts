/** From what somebody sent to a build that has begun: the same for pages and for the API. */
import type { Request, Response } from 'express';
import { type BuildContext, DOCKERFILE, readArchive } from '../../environments/builds/build-context.ts';
import { listFiles } from '../../environments/builds/build-folder.ts';
import type { BuildRecord } from '../../environments/builds/build-record.ts';
import type { Checked } from '../../environments/builds/build-rules.ts';
import type { Builds } from '../../environments/builds/builds.ts';
import type { Job } from '../../jobs/port.ts';
import type { User } from '../../model/collections.ts';
import { GradeportError } from '../../rules/errors.ts';
import { mayEdit } from '../show/environments/build.ts';
import { type BuildForm, readBuildForm } from './build-form.ts';

export type Sent = { form: BuildForm } & ({ job: Job } | { job: null; checked: Checked; files: string[] });

export function createBuildService(builds: Builds) {
  const { sources, limits } = builds;

  /** A kept build that this user may read; fails with "not-found" for all others. */
  async function recordOf(user: User, name: string, version: number): Promise<BuildRecord> {
    const record = Number.isSafeInteger(version) && version > 0 ? await sources.get(name, version) : null;
    if (record && mayEdit(user, record)) return record;
    throw new GradeportError('not-found', `There is no build ${version} of "${name}" for you.`);
  }

  /** @param from "name/3" */
  const keptBuild = (user: User, from: string): Promise<BuildRecord> => {
    const slash = from.lastIndexOf('/');
    return recordOf(user, from.slice(0, slash), Number(from.slice(slash + 1)));
  };

  /** Empty where there is none. */
  async function keptFiles(user: User, from: string): Promise<BuildContext> {
    if (from === '') return new Map();
    const { name, version } = await keptBuild(user, from);
    return (await sources.files(name, version)) ?? new Map();
  }

  async function keptPaths(user: User, from: string): Promise<string[] | null> {
    if (from === '') return [];
    const { name, version } = await keptBuild(user, from);
    return listFiles(sources.contextOf(name, version));
  }

  async function filesOf(user: User, { dockerfile, from, archive }: BuildForm): Promise<BuildContext> {
    const files = archive ? await readArchive(archive, limits.contextBytes) : await keptFiles(user, from);
    if (dockerfile.trim() === '') return files;
    const content = Buffer.from(dockerfile.endsWith('\n') ? dockerfile : `${dockerfile}\n`);
    return new Map([...files, [DOCKERFILE, { content, executable: false }]]);
  }

  async function send(user: User, req: Request, res: Response): Promise<Sent> {
    // Before anything is read: whoever may not build sends no megabytes.
    builds.requireBuilder(user);
    const form = await readBuildForm(req, res, limits.contextBytes);
    const files = await filesOf(user, form);
    const started = await builds.start(user, files);
    if (started.ok) return { form, job: started.job };
    const dockerfile = files.get(DOCKERFILE)?.content.toString() ?? '';
    return { form: { ...form, dockerfile }, job: null, checked: started.checked, files: [...files.keys()] };
  }

  return { send, recordOf, keptPaths };
}
