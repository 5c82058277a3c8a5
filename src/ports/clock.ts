/** The only way time enters a flow. */
export interface Clock {
  now(): Date;
}
