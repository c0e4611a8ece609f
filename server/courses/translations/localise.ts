/** A course or a task in the language of its reader: replaces every text that has a translation. Pure. */
import type { Choice, Course, CourseTag, Problem, Section, Task } from '../task.ts';
import { textsFor } from './translations.ts';

type Say = (text: string) => string;

function speaker(from: Pick<Task, 'translations'>, lang: string): Say | null {
  const texts = textsFor(from.translations, lang);
  return texts && ((text) => texts.get(text) ?? text);
}

/** Returns the task itself if nothing is translated. */
export function localiseTask(task: Task, lang: string): Task {
  const say = speaker(task, lang);
  if (!say) return task;
  const texts = { name: say(task.name), context: say(task.context) };
  return { ...task, ...texts, problems: problemsIn(task, lang), tags: localiseTags(task.tags, say) };
}

export function problemsIn(task: Pick<Task, 'problems' | 'translations'>, lang: string): Problem[] {
  const say = speaker(task, lang);
  return say ? localiseProblems(task.problems, say) : task.problems;
}

const localiseProblems = (problems: readonly Problem[], say: Say): Problem[] =>
  problems.map((problem) => {
    const texts = { name: say(problem.name), header: say(problem.header) };
    if (problem.type !== 'multiple_choice') return { ...problem, ...texts };
    return {
      ...problem,
      ...texts,
      choices: problem.choices.map((choice) => localiseChoice(choice, say)),
      errorMessage: problem.errorMessage && say(problem.errorMessage),
      successMessage: problem.successMessage && say(problem.successMessage),
    };
  });

const localiseChoice = (choice: Choice, say: Say): Choice => ({
  ...choice,
  text: say(choice.text),
  feedback: choice.feedback && say(choice.feedback),
});

/** Also localises its tasks, each by its own translations. */
export function localiseCourse(course: Course, lang: string): Course {
  const tasks = course.tasks.map((task) => localiseTask(task, lang));
  const say = speaker(course, lang);
  if (!say) return { ...course, tasks };
  return {
    ...course,
    tasks,
    name: say(course.name),
    description: say(course.description),
    sections: course.sections.map((section) => localiseSection(section, say)),
    tags: localiseTags(course.tags, say),
  };
}

const localiseTags = (tags: readonly CourseTag[], say: Say): CourseTag[] =>
  tags.map((tag) => ({ ...tag, name: say(tag.name), description: say(tag.description) }));

const localiseSection = (section: Section, say: Say): Section => ({
  ...section,
  title: say(section.title),
  sections: section.sections.map((inner) => localiseSection(inner, say)),
});
