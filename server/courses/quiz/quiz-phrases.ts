/** Gradeport's own words in quizzes. English is a format: INGInious' words, which recorded results contain. */

export type QuizPhrases = {
  correct: string;
  wrong: string;
  wrongOfSeveral: string;
  wrongAnswers(count: number): string;
  /** Appended to wrongAnswers, as a separate paragraph. */
  invalidChoices(count: number): string;
  /** Appended to the others, as a separate paragraph. */
  leftOut(count: number): string;
  noProblems: string;
  notAQuiz: string;
};

export const ENGLISH: QuizPhrases = {
  correct: 'Correct answer',
  wrong: 'Wrong answer',
  wrongOfSeveral: 'Wrong answer. Make sure to select all the valid possibilities',
  wrongAnswers: (count) => `You have ${count} wrong answer(s).`,
  invalidChoices: (count) =>
    `\n\nAmong them, you have ${count} invalid answers in the multiple choice questions`,
  // INGInious rejects such a task.
  leftOut: (count) =>
    count === 1
      ? '\n\n1 question does not count: its kind is not known here.'
      : `\n\n${count} questions do not count: their kind is not known here.`,
  noProblems: 'No subproblems defined',
  notAQuiz: 'Task wrongly configured as a MCQ',
};

const FRENCH: QuizPhrases = {
  correct: 'C’est juste.',
  wrong: 'C’est faux.',
  wrongOfSeveral: 'C’est faux. Cochez toutes les bonnes réponses, et elles seules.',
  wrongAnswers: (count) => (count === 1 ? 'Une réponse est fausse.' : `${count} réponses sont fausses.`),
  invalidChoices: (count) =>
    count === 1
      ? '\n\nDans les questions à choix, une case est fausse ou oubliée.'
      : `\n\nDans les questions à choix, ${count} cases sont fausses ou oubliées.`,
  leftOut: (count) =>
    count === 1
      ? '\n\n1 question ne compte pas : son type n’est pas connu ici.'
      : `\n\n${count} questions ne comptent pas : leur type n’est pas connu ici.`,
  noProblems: 'Cette tâche ne pose aucune question.',
  notAQuiz: 'Cette tâche est mal configurée : elle demande un programme pour être corrigée.',
};

const GERMAN: QuizPhrases = {
  correct: 'Das ist richtig.',
  wrong: 'Das ist falsch.',
  wrongOfSeveral: 'Das ist falsch. Kreuze alle richtigen Antworten an, und nur sie.',
  wrongAnswers: (count) => (count === 1 ? 'Eine Antwort ist falsch.' : `${count} Antworten sind falsch.`),
  invalidChoices: (count) =>
    count === 1
      ? '\n\nBei den Auswahlfragen ist ein Kreuz falsch oder fehlt.'
      : `\n\nBei den Auswahlfragen sind ${count} Kreuze falsch oder fehlen.`,
  leftOut: (count) =>
    count === 1
      ? '\n\n1 Frage zählt nicht: Ihre Art ist hier nicht bekannt.'
      : `\n\n${count} Fragen zählen nicht: Ihre Art ist hier nicht bekannt.`,
  noProblems: 'Diese Aufgabe stellt keine Frage.',
  notAQuiz: 'Diese Aufgabe ist falsch eingestellt: Um sie zu bewerten, braucht es ein Programm.',
};

const DUTCH: QuizPhrases = {
  correct: 'Dat is juist.',
  wrong: 'Dat is fout.',
  wrongOfSeveral: 'Dat is fout. Kruis alle juiste antwoorden aan, en alleen die.',
  wrongAnswers: (count) => (count === 1 ? 'Eén antwoord is fout.' : `${count} antwoorden zijn fout.`),
  invalidChoices: (count) =>
    count === 1
      ? '\n\nBij de keuzevragen is één kruisje fout of vergeten.'
      : `\n\nBij de keuzevragen zijn ${count} kruisjes fout of vergeten.`,
  leftOut: (count) =>
    count === 1
      ? '\n\n1 vraag telt niet mee: haar soort is hier niet bekend.'
      : `\n\n${count} vragen tellen niet mee: hun soort is hier niet bekend.`,
  noProblems: 'Deze taak stelt geen vraag.',
  notAQuiz: 'Deze taak is verkeerd ingesteld: er is een programma nodig om ze te verbeteren.',
};

const BY_LANGUAGE = new Map([
  ['fr', FRENCH],
  ['de', GERMAN],
  ['nl', DUTCH],
]);

/** @param lang "fr" or "fr-BE"; other languages get English */
export const phrasesIn = (lang: string): QuizPhrases =>
  BY_LANGUAGE.get(lang.toLowerCase().split(/[-_]/)[0] ?? '') ?? ENGLISH;
