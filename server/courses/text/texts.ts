/** What the thread of texts gets and gives back. */
import { z } from 'zod';
import { shownSchema } from '../../model/report-html.ts';

export const textsSchema = z.object({
  format: z.enum(['rst', 'html', 'framed']),
  base: z.string(),
  texts: z.array(z.string()),
});
export type Texts = z.infer<typeof textsSchema>;
/** null: the texts before it took all the time. */
export const renderedSchema = z.array(shownSchema.nullable());
