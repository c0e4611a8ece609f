/** Answers as they arrive. The store's own shape of an answer is Answer in collections.ts: there, bytes are a blob. */

export type SubmittedFile = { filename: string; content: Uint8Array };
/** Text, chosen indexes, or an uploaded file with its bytes. */
export type SubmittedAnswer = string | string[] | SubmittedFile;

/** By problem id. */
export type SubmittedAnswers = ReadonlyMap<string, SubmittedAnswer>;

/** Problem id → what is wrong with its answer, in one sentence. */
export type AnswerFaults = Record<string, string>;
