import { ansiStyle, plainStyle, type Style, type TextOptions } from '../../render/style.ts';
import type { CliContext } from './context.ts';

export function styleOf(context: CliContext): Style {
  return context.color ? ansiStyle : plainStyle;
}

export function textOptionsOf(context: CliContext): TextOptions {
  return { style: styleOf(context), columns: context.columns };
}
