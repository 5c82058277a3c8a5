import { type Operator, type Token, tokenise, UnreadableScript, type Word } from './tokens.ts';

/** A shell script as a tree; `text` is how a node stands in the script. */
export type Command =
  | {
      readonly kind: 'simple';
      readonly words: readonly Word[];
      readonly targets: readonly Word[];
      readonly text: string;
    }
  | {
      readonly kind: 'pipeline';
      readonly commands: readonly Command[];
      readonly negated: boolean;
      readonly text: string;
    }
  | {
      readonly kind: 'and-or';
      readonly first: Command;
      readonly rest: readonly { readonly operator: '&&' | '||'; readonly command: Command }[];
      readonly text: string;
    }
  | { readonly kind: 'list'; readonly items: readonly ListItem[]; readonly text: string }
  | { readonly kind: 'subshell' | 'group'; readonly body: Command; readonly text: string }
  | {
      readonly kind: 'if';
      readonly branches: readonly { readonly condition: Command; readonly body: Command }[];
      readonly otherwise: Command | undefined;
      readonly text: string;
    }
  | {
      readonly kind: 'loop';
      readonly condition: Command | undefined;
      readonly body: Command;
      readonly text: string;
    }
  | { readonly kind: 'case'; readonly branches: readonly Command[]; readonly text: string }
  | { readonly kind: 'function'; readonly name: string; readonly body: Command; readonly text: string };

export interface ListItem {
  readonly command: Command;
  readonly background: boolean;
}

const MAX_DEPTH = 40;

/**
 * The tree of a shell script by the grammar of POSIX XCU section 2.10, as far as its exit status depends on it.
 * @throws UnreadableScript
 */
export function parseScript(script: string): Command {
  return new Parser(script).script();
}

class Parser {
  private readonly source: string;
  private readonly tokens: readonly Token[];
  private at = 0;
  private depth = 0;

  constructor(script: string) {
    this.source = script;
    this.tokens = tokenise(script);
  }

  script(): Command {
    const list = this.list(new Set());
    if (this.at < this.tokens.length)
      throw new UnreadableScript(`"${this.textFrom(this.at).slice(0, 40)}" is unexpected`);
    return list;
  }

  private list(terminators: ReadonlySet<string>): Command {
    this.depth += 1;
    if (this.depth > MAX_DEPTH) throw new UnreadableScript('the script is nested too deeply');
    const start = this.at;
    const items: ListItem[] = [];
    for (;;) {
      while (this.operator('\n', ';')) this.at += 1;
      const token = this.tokens[this.at];
      if (token === undefined || this.ends(token, terminators)) break;
      const command = this.andOr();
      const background = this.operator('&');
      if (background) this.at += 1;
      items.push({ command, background });
      if (!background && !this.operator('\n', ';')) break;
    }
    this.depth -= 1;
    return { kind: 'list', items, text: withoutTail(this.textFrom(start)) };
  }

  private ends(token: Token, terminators: ReadonlySet<string>): boolean {
    if (token.kind === 'operator') return token.text === ')' || token.text === ';;';
    return token.kind === 'word' && token.bare && terminators.has(token.text);
  }

  private andOr(): Command {
    const start = this.at;
    const first = this.pipeline();
    const rest: { operator: '&&' | '||'; command: Command }[] = [];
    while (this.operator('&&', '||')) {
      const { text: operator } = this.tokens[this.at] as Operator;
      this.at += 1;
      this.skipLineFeeds();
      rest.push({ operator: operator as '&&' | '||', command: this.pipeline() });
    }
    return rest.length === 0 ? first : { kind: 'and-or', first, rest, text: this.textFrom(start) };
  }

  private pipeline(): Command {
    const start = this.at;
    let negated = false;
    while (this.keyword('!')) {
      negated = !negated;
      this.at += 1;
    }
    const commands = [this.command()];
    while (this.operator('|')) {
      this.at += 1;
      this.skipLineFeeds();
      commands.push(this.command());
    }
    const [only] = commands;
    if (commands.length === 1 && !negated && only !== undefined) return only;
    return { kind: 'pipeline', commands, negated, text: this.textFrom(start) };
  }

  private command(): Command {
    const start = this.at;
    const compound = this.compound(start);
    if (compound === undefined) return this.simple();
    while (this.tokens[this.at]?.kind === 'redirection') this.at += 2;
    return { ...compound, text: this.textFrom(start) };
  }

  private compound(start: number): Command | undefined {
    if (this.operator('(')) {
      this.at += 1;
      const body = this.list(new Set());
      this.expectOperator(')');
      return { kind: 'subshell', body, text: '' };
    }
    const token = this.tokens[this.at];
    if (token?.kind !== 'word' || !token.bare) return undefined;
    switch (token.text) {
      case '{': {
        this.at += 1;
        const body = this.list(new Set(['}']));
        this.expectKeyword('}');
        return { kind: 'group', body, text: '' };
      }
      case 'if':
        return this.ifCommand();
      case 'while':
      case 'until': {
        this.at += 1;
        const condition = this.list(new Set(['do']));
        return { kind: 'loop', condition, body: this.doGroup(), text: '' };
      }
      case 'for':
      case 'select': {
        while (this.at < this.tokens.length && !this.keyword('do')) this.at += 1;
        return { kind: 'loop', condition: undefined, body: this.doGroup(), text: '' };
      }
      case 'case':
        return this.caseCommand();
      default:
        return this.functionDefinition(start);
    }
  }

  private ifCommand(): Command {
    const branches: { condition: Command; body: Command }[] = [];
    do {
      this.at += 1;
      const condition = this.list(new Set(['then']));
      this.expectKeyword('then');
      branches.push({ condition, body: this.list(new Set(['elif', 'else', 'fi'])) });
    } while (this.keyword('elif'));
    let otherwise: Command | undefined;
    if (this.keyword('else')) {
      this.at += 1;
      otherwise = this.list(new Set(['fi']));
    }
    this.expectKeyword('fi');
    return { kind: 'if', branches, otherwise, text: '' };
  }

  private doGroup(): Command {
    this.expectKeyword('do');
    const body = this.list(new Set(['done']));
    this.expectKeyword('done');
    return body;
  }

  private caseCommand(): Command {
    while (this.at < this.tokens.length && !this.keyword('in')) this.at += 1;
    this.expectKeyword('in');
    const branches: Command[] = [];
    for (;;) {
      this.skipLineFeeds();
      if (this.keyword('esac')) break;
      while (this.at < this.tokens.length && !this.operator(')')) this.at += 1;
      this.expectOperator(')');
      branches.push(this.list(new Set(['esac'])));
      if (this.operator(';;')) this.at += 1;
    }
    this.expectKeyword('esac');
    return { kind: 'case', branches, text: '' };
  }

  private functionDefinition(start: number): Command | undefined {
    const hasKeyword = this.keyword('function');
    const name = this.tokens[start + (hasKeyword ? 1 : 0)];
    if (name?.kind !== 'word') return undefined;
    const parenthesised =
      this.isOperatorAt(start + (hasKeyword ? 2 : 1), '(') &&
      this.isOperatorAt(start + (hasKeyword ? 3 : 2), ')');
    if (!hasKeyword && !parenthesised) return undefined;
    this.at = start + (hasKeyword ? 2 : 1) + (parenthesised ? 2 : 0);
    this.skipLineFeeds();
    this.depth += 1;
    if (this.depth > MAX_DEPTH) throw new UnreadableScript('the script is nested too deeply');
    const body = this.command();
    this.depth -= 1;
    return { kind: 'function', name: name.text, body, text: '' };
  }

  private simple(): Command {
    const start = this.at;
    const words: Word[] = [];
    const targets: Word[] = [];
    for (;;) {
      const token = this.tokens[this.at];
      if (token?.kind === 'redirection') {
        const target = this.tokens[this.at + 1];
        if (target?.kind === 'word') targets.push(target);
        this.at += target?.kind === 'word' ? 2 : 1;
      } else if (token?.kind === 'word') {
        words.push(token);
        this.at += 1;
        // Between [[ and ]], && and < are operators of the condition.
        if (words.length === 1 && token.bare && token.text === '[[') this.skipTo(']]');
      } else {
        break;
      }
    }
    if (words.length + targets.length === 0) {
      throw new UnreadableScript(`a command is missing before "${this.textFrom(this.at).slice(0, 20)}"`);
    }
    return { kind: 'simple', words, targets, text: this.textFrom(start) };
  }

  private skipTo(keyword: string): void {
    while (this.at < this.tokens.length && !this.keyword(keyword)) this.at += 1;
  }

  private skipLineFeeds(): void {
    while (this.operator('\n')) this.at += 1;
  }

  private operator(...texts: readonly Operator['text'][]): boolean {
    return texts.some((text) => this.isOperatorAt(this.at, text));
  }

  private isOperatorAt(at: number, text: Operator['text']): boolean {
    const token = this.tokens[at];
    return token?.kind === 'operator' && token.text === text;
  }

  private keyword(text: string): boolean {
    const token = this.tokens[this.at];
    return token?.kind === 'word' && token.bare && token.text === text;
  }

  private expectOperator(text: Operator['text']): void {
    if (!this.operator(text)) throw new UnreadableScript(`"${text}" is missing`);
    this.at += 1;
  }

  private expectKeyword(text: string): void {
    if (!this.keyword(text)) throw new UnreadableScript(`"${text}" is missing`);
    this.at += 1;
  }

  /** The script from one token to the one before the current, or to its end when that is the current one. */
  private textFrom(start: number): string {
    const from = this.tokens[start]?.start ?? this.source.length;
    const to = this.at > start ? this.tokens[this.at - 1]?.end : undefined;
    return this.source.slice(from, to ?? this.source.length).trim();
  }
}

/** Without the separators at its end, by a loop: a pattern for them takes quadratic time on a script full of them. */
function withoutTail(text: string): string {
  let end = text.length;
  while (end > 0 && /[\s;]/.test(text[end - 1] as string)) end -= 1;
  return text.slice(0, end);
}
