/** Submitting over a real store, with a queue that hands nothing out; ids count up, and so does the clock. */
import type { CourseCatalogue } from '../../../server/courses/catalogue-types.ts';
import { visibleTask } from '../../../server/courses/students/visible.ts';
import type { Course } from '../../../server/courses/task.ts';
import type { Environment } from '../../../server/environments/discovery/environment.ts';
import type { User } from '../../../server/model/collections.ts';
import type { Store } from '../../../server/ports/store.ts';
import { createPace } from '../../../server/submissions/admission/pace.ts';
import type { Reading } from '../../../server/submissions/port.ts';
import { type SubmitDeps, submit } from '../../../server/submissions/submit.ts';
import { catalogueOf, demoCourse } from '../http/course.ts';
import { environmentsOf } from '../http/house.ts';
import { idleQueue, keepsNoFiles, roomForAll } from '../stand-ins.ts';

const NOW = Date.parse('2026-11-20T10:00:00.000Z');
let count = 0;

type Deps = SubmitDeps & { courses: CourseCatalogue };

export const submitDeps = (
  store: Store,
  course: Partial<Course> = {},
  environments: Environment[] = [],
): Deps => ({
  store,
  courses: catalogueOf([{ ...demoCourse(), ...course }]),
  taskFiles: keepsNoFiles,
  environments: environmentsOf(environments).catalogue,
  table: {},
  limits: { maxTextBytes: 1000, maxFileBytes: 1000 },
  pace: createPace({ perMinute: 1000, bytesPerHour: 2 ** 30 }),
  amounts: roomForAll,
  queue: idleQueue(),
  publish: () => {},
  newId() {
    count += 1;
    return String(count);
  },
  clock: () => NOW + count,
});

/** Hands "x" in, as a user who looks the task up first. */
export const handIn = async (deps: Deps, actor: User, task: string, reading?: Reading) =>
  submit(deps, actor, await visibleTask(deps, actor, 'c1', task), new Map([['q1', 'x']]), reading);
