/** The texts of a report as HTML. What they hide until a moment is a piece of its own. */
import { z } from 'zod';

const pieceSchema = z.object({
  html: z.string(),
  /** From when it may be shown, in ms; null: always. */
  from: z.number().nullable(),
});
export const shownSchema = z.array(pieceSchema);
export type Shown = z.infer<typeof shownSchema>;

/** null: it took too long. The problems are in the order of the report. */
export const reportHtmlSchema = z.object({
  text: shownSchema.nullable(),
  problems: z.array(shownSchema.nullable()),
});
export type ReportHtml = z.infer<typeof reportHtmlSchema>;
export type Rendered = ReportHtml['text'];
