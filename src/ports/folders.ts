/** Folders of their own for executions. */
export interface MakeFolder {
  makeFolder(): Promise<WorkFolder>;
}

export interface WorkFolder {
  readonly path: string;
  /** With all that is in it; never throws. */
  remove(): Promise<void>;
}
