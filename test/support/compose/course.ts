/** A task for a deployment: its grader says hello, waits a few seconds, and says which environment it ran in. */

const taskYaml = (environment: string): string => `name: Deployed
environment_type: docker
environment_id: ${environment}
environment_parameters: { limits: { time: 30, hard_time: 60, memory: 128 } }
problems:
  code: { type: code, name: The answer, language: python, default: "first" }
`;

/** The time is for the test, which kills a server or a database meanwhile; it waits for the first line and for the verdict. */
const RUN = `#!/bin/bash
echo "grading in $(cat /etc/deployed-test)"
sleep 4
feedback-result success
feedback-msg -m "Graded $(getinput code)."
`;

/** For a shell in the container of the server. */
export const addTask = (environment: string): string => `
mkdir -p /data/courses/demo/deployed && cd /data/courses/demo/deployed
cat > task.yaml <<'END'
${taskYaml(environment)}END
cat > run <<'END'
${RUN}END
chmod +x run`;

export const TASK = '/courses/demo/tasks/deployed';
export const PROBLEM = 'The answer';

/** As a teacher would write it. */
export const dockerfile = (name: string): string => `FROM gradeport/base
LABEL org.gradeport.grading.name=${name} org.gradeport.grading.title="Deployed"
RUN echo ${name} > /etc/deployed-test
`;
