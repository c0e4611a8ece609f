/** What a build may write, and which of its images and containers count: rules on values. watch.ts acts on them. */
import type Docker from 'dockerode';
import { INSTANCE_LABEL } from '../../../ports/engine/container-labels.ts';
import { GradeportError } from '../../../rules/errors.ts';
import { bytesText } from '../../../text/quantities.ts';

const MIB = 2 ** 20;
/** Whatever a build may write: the engine's disk keeps this much for everybody else. */
const RESERVE_BYTES = 512 * MIB;
/** The engine's clock may be that much behind ours. */
const CLOCK_SKEW_MS = 1000;

type Container = Pick<Docker.ContainerInspectInfo, 'Created'> & {
  Config: { Labels?: Docker.ContainerInspectInfo['Config']['Labels'] | null };
};
type Image = Pick<Docker.ImageInspectInfo, 'Id' | 'Parent'> & {
  RepoTags?: readonly string[] | null;
  RepoDigests?: readonly string[] | null;
};

/** A step may print any id: containers of before the build, and those of Gradeport's own, are not its steps. */
export const isStep = ({ Created, Config }: Container, buildStartedAt: number): boolean =>
  Date.parse(Created) >= buildStartedAt - CLOCK_SKEW_MS &&
  !Object.hasOwn(Config.Labels ?? {}, INSTANCE_LABEL);

/** Whether a build started from this image and did not make it: it was there, or it was pulled and has no parent. */
export function isBase({ Id, Parent, RepoTags, RepoDigests }: Image, there: ReadonlySet<string>): boolean {
  const isNamed = [RepoTags, RepoDigests].some((names) => (names ?? []).length > 0);
  return there.has(Id) ? isNamed || Parent === '' : isNamed && Parent === '';
}

/** @param size of an image; an image counts with what it has more than its parent, which is never less than nothing */
export const growth = (size: number, parentSize: number): number => Math.max(0, size - parentSize);

/** A volume is no part of the container's disk: a build could write to it without limit. */
export const whyNotOnVolumes = (mounts: number): GradeportError | null =>
  mounts === 0
    ? null
    : new GradeportError(
        'conflict',
        'What it is built on has a VOLUME, where a build could write without limit. Build on another image.',
      );

/** @param written by all layers so far and by the step that runs */
export const whyTooLarge = (written: number, diskBytes: number): GradeportError | null =>
  written <= diskBytes
    ? null
    : new GradeportError(
        'too-large',
        `It wrote more than ${bytesText(diskBytes)} to the disk, which is the limit.`,
      );

export const whyNoSpace = (freeBytes: number): GradeportError | null =>
  freeBytes >= RESERVE_BYTES
    ? null
    : new GradeportError(
        'no-space',
        "The engine's disk is nearly full. Tell the operator; docker image prune may help.",
      );
