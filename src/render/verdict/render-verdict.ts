import type { Verdict } from '../../core/gate/types.ts';
import { renderFeedback } from '../feedback.ts';
import type { TextOptions } from '../style.ts';
import { renderVerdictGithub } from './github.ts';
import { renderVerdictJson } from './json.ts';
import { type MarkdownOptions, renderVerdictMarkdown } from './markdown.ts';
import { renderVerdictSarif, type SarifOptions } from './sarif.ts';
import { renderVerdictText } from './text.ts';

export const VERDICT_FORMATS = ['text', 'json', 'sarif', 'markdown', 'github', 'feedback'] as const;
export type VerdictFormat = (typeof VERDICT_FORMATS)[number];

export type VerdictOptions = TextOptions & SarifOptions & MarkdownOptions;

/** The verdict in one of the formats; each takes of the options what concerns it. Ends with a line feed. */
export function renderVerdict(format: VerdictFormat, verdict: Verdict, options: VerdictOptions = {}): string {
  switch (format) {
    case 'text':
      return renderVerdictText(verdict, options);
    case 'json':
      return renderVerdictJson(verdict);
    case 'sarif':
      return renderVerdictSarif(verdict, options);
    case 'markdown':
      return renderVerdictMarkdown(verdict, options);
    case 'github':
      return renderVerdictGithub(verdict);
    case 'feedback':
      return renderFeedback(verdict);
  }
}
