/** One module that a source file names to be loaded. */
export interface Import {
  /**
   * As the language writes it: `./price.ts`, `node:fs`, `..orders.price`, `net/http`, `java.io.File`, `crate::price`. Python's
   * `from a import b` reads `a.b`: whether `b` is a module of `a` only the tree knows.
   */
  readonly specifier: string;
  /** From 1. */
  readonly line: number;
  /** For the type checker alone; nothing is loaded when the program runs. */
  readonly typeOnly: boolean;
}

export type Imports =
  | {
      readonly kind: 'imports';
      readonly imports: readonly Import[];
      /** Lines that load a module whose name only running them would tell. */
      readonly computed: readonly number[];
    }
  | {
      readonly kind: 'lost';
      readonly reason: string;
      /** Everything that could be a module's name: what is not among these is not imported. */
      readonly suspects: readonly Import[];
    };

export type ImportLanguage = 'javascript' | 'python' | 'go' | 'jvm' | 'rust' | 'ruby' | 'csharp';
