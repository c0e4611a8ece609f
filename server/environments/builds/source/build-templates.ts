/** Dockerfiles to start from; their bases are chosen from the images that are here. Pure. */
import { fullReference, type LintFacts } from '../dockerfile/facts.ts';

export type Template = { id: string; title: string; dockerfile: string };

const labels = (name: string, title: string, languages: string): string =>
  `LABEL org.gradeport.grading.name="${name}" \\
      org.gradeport.grading.title="${title}" \\
      org.gradeport.grading.description="What is in it, for your colleagues." \\
      org.gradeport.grading.languages="${languages}"
`;

const install = (packages: string): string =>
  `RUN apt-get update \\
 && apt-get install -y --no-install-recommends ${packages} \\
 && apt-get clean && rm -rf /var/lib/apt/lists/*
`;

/** @returns the templates whose base is here, or can be pulled */
export function templatesFor({ images, network }: Pick<LintFacts, 'images' | 'network'>): Template[] {
  const isHere = (reference: string) => images?.has(fullReference(reference)) ?? true;
  const all = [
    {
      id: 'python',
      title: 'Python',
      base: 'gradeport/base',
      text: `# Python 3 and a shell. Give it a name of your own; tasks ask for that name.
FROM gradeport/base

${labels('my-python', 'Python for my course', 'python')}
${network ? install('python3-numpy') : '# Packages need the network, which builds here do not have. Files beside this one can be copied in:\n# COPY helpers.py /usr/lib/python3/dist-packages/\n'}
RUN python3 --version
`,
    },
    {
      id: 'c',
      title: 'C',
      base: network ? 'gradeport/base' : 'gradeport/c',
      text: `# C with gcc${network ? '' : ', make and valgrind'}. Give it a name of your own; tasks ask for that name.
FROM ${network ? 'gradeport/base' : 'gradeport/c'}

${labels('my-c', 'C for my course', 'c')}
${network ? install('gcc libc6-dev make') : ''}RUN gcc --version
`,
    },
    {
      id: 'java',
      title: 'Java',
      base: 'gradeport/java',
      text: `# What is in "java", for one course. Labels are inherited: each that "java" has is given again.
FROM gradeport/java

${labels('my-java', 'Java for my course', 'java').trimEnd()} \\
      org.gradeport.grading.aliases=""

RUN java --version
`,
    },
  ];
  return all
    .filter(({ base }) => network || isHere(base))
    .map(({ id, title, text }) => ({ id, title, dockerfile: text }));
}
