/** Labels on our containers, by which they are found again after a crash. */
export const INSTANCE_LABEL = 'org.gradeport.instance';
export const SLOT_LABEL = 'org.gradeport.slot';
export const ROLE_LABEL = 'org.gradeport.role';
/** Marks containers that never start: they keep an image's files for those that we start ourselves. */
export const FILES_LABEL = 'org.gradeport.files';
