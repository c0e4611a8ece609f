/** The text of the report besides its numbers: how they were measured, and what they mean. */
import { DOCKER_RUN } from './results.ts';

export const PLOT_ROWS = [
  { name: DOCKER_RUN, label: 'docker run --rm', group: 'docker' },
  { name: 'docker-run-no-network', label: 'docker run --rm --network none', group: 'docker' },
  { name: 'cold-trivial', label: 'cold: trivial grader', group: 'cold' },
  { name: 'cold-python', label: 'cold: Python grader', group: 'cold' },
  { name: 'cold-student', label: 'cold: with one run_student', group: 'cold' },
  { name: 'cold-c', label: 'cold: C compiled and run', group: 'cold' },
  { name: 'warm-trivial', label: 'warm: trivial grader', group: 'warm' },
  { name: 'warm-python', label: 'warm: Python grader', group: 'warm' },
  { name: 'warm-student', label: 'warm: with one run_student', group: 'warm' },
  { name: 'warm-c', label: 'warm: C compiled and run', group: 'warm' },
] as const;

export const HOW = `Repeat it with \`npm run bench\`; \`npm run bench -- --json\` prints one object per measure, \`-- --quick\` takes a
few minutes and few samples, \`-- --only runs,memory\` some of the groups. \`gradeport bench\` measures an operator's
own machine, without browser and without the 100,000 submissions. Nothing else should run on the machine meanwhile.

- **In turn.** What is compared is sampled round-robin in one run, each round beginning with another one, so that
  whatever else the machine does hits all alike. Medians and 95th percentiles (nearest rank); the first rounds, in
  which pools and caches fill, are not counted. Between samples the benchmark waits until all slots that should
  wait do, until no container is being made or removed, and until the processors rest (a kernel takes a removed
  container apart for 100 ms more), three seconds at most.
- **docker run** is the command line with the image of environment \`default\` and the program \`true\`: what a peer
  pays before its grader has begun.
- **A run** takes from the call of \`submit\` to the moment at which the run is done in the store: access checks,
  two documents in the store, queue, slot, grader, report, verdict on disk. *Cold*: no slot is made ahead. *Warm*: one
  waits; a sample that found none is an error. Every run must end with the verdict success.
- **C alone**: the grader of that task starts the same compiler and the same program itself, in the same kind of
  container, and says how long they took.
- **Own share**: the run without the grader's own time. Where the outcome says \`programMs\` (start to end of the
  grader, as the agent beside it saw it) that is subtracted; else \`graderMs\`, from the sending of the job to the
  arrival of its result, which contains the agent's part, too.
- **Click to verdict**: on a task's page in Chromium, from the time stamp of the click event to the task after
  the animation frame in which the verdict stands on the run's page. A frame takes up to 16.7 ms.
- **Throughput**: all runs are handed in at once, each by another student; from the first hand-in to the last verdict.
- **Memory**: of each waiting slot, PSS of all processes in its containers, PSS of the process beside each
  container (the runtime, or the engine's shim), kernel memory of the containers' cgroups, and files in memory; the slot's share of the mean.
- **Images**: tiny ones, each announcing an environment. **Submissions**: copies of a real run, put in through the store's
  own door, 100 per student; pages are asked for by a student with 100, in a small store and in a large one, in turn.
- **SQLite and MongoDB**: two servers on this machine, asked in turn; MongoDB is the one that \`GRADEPORT_TEST_MONGODB\` names, else
  the tests' own (mongo-java-server, which writes to its file before each answer). The driver's command monitoring
  measures its commands; commands that overlap count once.
- **Watching**: socket.io clients in a process of their own, ten per run; a client that missed a step is a failure.`;

export const LIMITS = `- **A cold run** waits for its containers: the runtime starts one for each grader and each \`run_student\` (past the
  engine, decision 25; on gVisor the engine does).
- **A warm run** has none of that on its way. What is left: the wait for the disk (the verdict survives a
  power cut; what was handed in waits beside the grading), the copy of the task, and the grader itself.
- **Throughput** is bounded by what containers cost: each run uses up one or two, and the runtime, the kernel and the
  agent's Python need processor time for each, whenever it is done.
- **C** is bounded by gcc. Beyond it are Gradeport's own share, the grader's own program, and two \`run_student\` of which
  each passes four processes and starts one.`;
