/** A student's command between a grader that calls run_student, and a slot that no container is behind. */
import type { RunStudent } from '../../../grading-api/protocol.ts';
import type { StudentContext } from '../../../server/execution/run/student-run.ts';
import type { Slot } from '../../../server/execution/slots/slot.ts';
import { createHold } from '../../../server/ports/terminals.ts';
import { defaultLimits } from '../../../server/rules/limits.ts';
import { placeOf } from '../stand-ins.ts';
import { fakeSlot } from './slot.ts';

export const runTrue: RunStudent = {
  type: 'run-student',
  channel: 1,
  command: 'true',
  environment: null,
  time: 0,
  hardTime: 0,
  memory: 0,
  shareNetwork: false,
  runAsRoot: false,
  workingDir: '/task/student',
  teardown: '',
  mergeStderr: false,
  terminal: false,
};

export const studentContext = (
  student: Slot['student'],
  parent: StudentContext['parent'] = placeOf('default'),
): StudentContext => ({
  parent,
  wallLeftMs: () => 60_000,
  slot: fakeSlot(student),
  find: () => null,
  installedRuntimes: [parent.runtime],
  table: {},
  ceilings: defaultLimits,
  terminal: { allowed: false, show: null },
  publish: () => {},
  hold: createHold(),
  stopped: () => {},
});
