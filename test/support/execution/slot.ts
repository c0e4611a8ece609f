/** A slot that no container is behind. */
import type { Slot } from '../../../server/execution/slots/slot.ts';

export const fakeSlot = (student: Slot['student']): Slot => ({
  workspace: {
    task: '/nowhere/task',
    student: '/nowhere/student',
    studentInTask: false,
    hosts: '/nowhere/hosts',
    linePath: (n) => `/nowhere/${n}`,
    studentBytes: null,
    reports: false,
    fill: async () => {},
    isFull: async () => false,
    left: () => ({ task: '/nowhere/task', student: '/nowhere/student' }),
    [Symbol.asyncDispose]: async () => {},
  },
  agent: {
    containerId: 'nothing',
    isFull: () => false,
    listen: () => {},
    send: () => {},
    sendBytes: () => {},
    usage: async () => null,
    uncounted: () => [],
    halt: async () => false,
    ended: Promise.withResolvers<never>().promise,
    [Symbol.asyncDispose]: async () => {},
  },
  student,
  studentsAhead: 0,
  studentsTaken: () => 0,
  [Symbol.asyncDispose]: async () => {},
});
