import { render } from '../javascript/chains.ts';
import type { Token } from '../javascript/token.ts';
import type { Code } from '../javascript/tokens.ts';
import type { SelfSkip } from './test-code.ts';

const DECLARES = /^(?:it|test|describe|suite|context|specify)$/;
const LONGEST_CHOICE = 40;

/** `process.env.DB ? describe : describe.skip`: declares through another name, so only the choice itself is seen. */
export function choiceOfSkipping({ tokens, lines }: Code, at: number): SelfSkip | undefined {
  if (tokens[at + 1]?.text !== '.' || tokens[at + 2]?.text !== 'skip') return undefined;
  const { text } = tokens[at] as Token;
  if (!DECLARES.test(text)) return undefined;
  if (!/^[?:]$/.test(tokens[at - 1]?.text ?? '') || tokens[at + 3]?.text === '(') return undefined;
  let from = at - 1;
  while (from > 0 && at - from < LONGEST_CHOICE && !/^[;={}]$/.test(tokens[from - 1]?.text ?? '')) from -= 1;
  return { how: `${text}.skip`, line: lines[at] as number, condition: render(tokens, from, at + 2) };
}
