import type { GradeReturn } from '../../model/lti.ts';
import { utcText } from '../../text/quantities.ts';

/** Whether the learning platform has the grade. Why not is for staff. */
export function gradeReturnText(owed: GradeReturn, staff: boolean): string {
  const { state, tries, error } = owed;
  const times = tries === 1 ? 'once' : `${tries} times`;
  switch (state) {
    case 'ungraded':
      return 'The learning platform gets the grade once there is one.';
    case 'sent':
      return `Sent to the learning platform${at(owed.sentAt)}: ${owed.grade} %, the grade that counts.`;
    case 'waiting':
      if (tries === 0) return 'The grade is on its way to the learning platform.';
      if (!staff) return 'The learning platform has not taken the grade yet; it is sent again.';
      return (
        `The learning platform has not taken the grade yet: ${error}. ` +
        `Tried ${times}; the next try is${at(owed.nextAt)}.`
      );
    case 'given-up':
      if (!staff) return 'The learning platform did not take the grade: tell your teacher.';
      return (
        `The learning platform did not take the grade: ${error}. ` +
        `Tried ${times}; the next submission sends it again.`
      );
  }
}

const at = (instant: string | null): string =>
  instant === null ? '' : ` at ${utcText(Date.parse(instant))}`;
