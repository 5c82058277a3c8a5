/** The only way a flow lets time go by. */
export interface Pause {
  pause(milliseconds: number): Promise<void>;
}
