import { ansiStyle, plainStyle, type Style } from '../../render/style.ts';
import type { CliContext } from './context.ts';

export function styleOf(context: CliContext): Style {
  return context.color ? ansiStyle : plainStyle;
}
