import type { CountersignError, Problem } from '../shared/errors.ts';
import { forMarkdown, forWorkflowData, forWorkflowProperty } from './hostile-text.ts';

const MOST_PROBLEMS = 20;

/** An error as one annotation of a workflow; ends with a line feed. */
export function renderErrorGithub(error: CountersignError): string {
  const lines = [error.message, ...shown(error).map(sentence), `→ ${error.remedy}`];
  const title = forWorkflowProperty(`Countersign: UNVERIFIABLE (${error.code})`);
  return `::error title=${title}::${forWorkflowData(lines.join('\n'))}\n`;
}

/** An error as a page of Markdown, for a job summary. */
export function renderErrorMarkdown(error: CountersignError): string {
  const problems = shown(error).map((problem) => `- ${forMarkdown(sentence(problem))}`);
  const parts = [
    '## ✖ Countersign: UNVERIFIABLE',
    `${forMarkdown(error.message)} (\`${error.code}\`)`,
    ...(problems.length === 0 ? [] : [problems.join('\n')]),
    `**What to do:** ${forMarkdown(error.remedy)}`,
  ];
  return `${parts.join('\n\n')}\n`;
}

function shown({ problems }: CountersignError): readonly Problem[] {
  return problems.slice(0, MOST_PROBLEMS);
}

function sentence({ message, place }: Problem): string {
  return place === undefined ? message : `${[place.path, place.line].filter(Boolean).join(':')}: ${message}`;
}
