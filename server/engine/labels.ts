/** Labels on our containers: how they are found again after a crash. */
export const INSTANCE_LABEL = 'org.gradeport.instance';
export const RUN_LABEL = 'org.gradeport.run';
export const ROLE_LABEL = 'org.gradeport.role';
